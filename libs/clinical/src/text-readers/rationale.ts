import { z } from 'zod';
import type { TextReading } from './text-reader';

/** How a model tells its thoughts from its answer, as a text before the thoughts and one behind them. */
export const rationaleMarks = z.strictObject({
  open: z.string().min(1).max(64),
  close: z.string().min(1).max(64),
});

export type RationaleMarks = z.infer<typeof rationaleMarks>;

export interface Told {
  readonly text: string;
  readonly rationale?: string;
}

/**
 * Takes the rationale out of what was written: what the engine told apart, then what stands between the marks. Without its closing
 * mark everything behind the opening one is rationale, as the answer was never begun.
 */
export function tellApart({ text, reasoning }: Pick<TextReading, 'text' | 'reasoning'>, marks?: RationaleMarks): Told {
  const thoughts = reasoning === undefined ? [] : [reasoning.trim()];
  const said: string[] = [];
  let from = 0;
  for (let start = marks ? text.indexOf(marks.open) : -1; marks && start >= 0; start = text.indexOf(marks.open, from)) {
    const thoughtFrom = start + marks.open.length;
    const closed = text.indexOf(marks.close, thoughtFrom);
    said.push(text.slice(from, start));
    thoughts.push(text.slice(thoughtFrom, closed < 0 ? undefined : closed).trim());
    from = closed < 0 ? text.length : closed + marks.close.length;
  }
  said.push(text.slice(from));
  const rationale = thoughts.filter((thought) => thought !== '').join('\n');
  return { text: said.join('').trim(), ...(rationale === '' ? {} : { rationale }) };
}
