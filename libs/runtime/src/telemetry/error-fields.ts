import { moduleOf } from './module-of';

const FRAMES = 6;
const CAUSES = 3;
const FRAME = /^ {4}at .{1,300}$/;

/**
 * What of an error may be told: its kind, its code or reason, and where it was thrown, down to the third cause. Not its text: a
 * library's may hold what a caller sent (the detail of a database's error, an engine's of a model's input), and ours may name what
 * a caller asked for.
 */
export function errorFields(error: unknown, causes = CAUSES): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  return {
    type: isWord(error.name) ? error.name : 'Error',
    ...(typeof code === 'number' || isWord(code) ? { code } : {}),
    ...(isWord(reason) ? { reason } : {}),
    frames: framesOf(error),
    ...(error.cause === undefined || causes === 0 ? {} : { cause: errorFields(error.cause, causes - 1) }),
  };
}

const isWord = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(value);

/** The stack begins with the text of the error, whose lines may look like frames: what comes after it counts. */
function framesOf({ name, message, stack = '' }: Error): string[] {
  const heading = [`${name}: ${message}`, message, name].find((text) => text !== '' && stack.startsWith(text));
  const at = heading === undefined ? stack.indexOf(message) + message.length : heading.length;
  return stack
    .slice(at)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES)
    .map((line) => told(line.trim()));
}

/** `at infer (/app/dist/part-x.js:41022:9) of apps/gateway/dist/infer/road.js` */
function told(frame: string): string {
  const module = moduleOf(frame);
  return module === undefined ? frame : `${frame} of ${module}`;
}
