import pino from 'pino';

/**
 * The fields that a log line may have. A closed list: what is not here cannot be logged, so neither pixels, prompts, names
 * nor identifiers of a patient can slip in by way of a convenient object.
 */
export interface LogFields {
  readonly requestId?: string;
  readonly reason?: string;
  readonly outcome?: string;
  readonly task?: string;
  readonly modality?: string;
  readonly model?: string;
  readonly modelVersion?: string;
  readonly service?: string;
  readonly address?: string;
  /** Of a model host; `pid` is the process that logs. */
  readonly hostPid?: number;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly durationMs?: number;
  readonly count?: number;
  readonly path?: string;
  readonly error?: unknown;
}

/** `error` means that someone must act; what the platform handles by itself is `warn` or `info`. Messages are static text. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What of an error may be told: its kind and where it was thrown; its text may hold what a caller sent. */
function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, stack } = error;
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  return {
    type: name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    frames: (stack ?? '')
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 6)
      .map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: errorFields(error.cause) }),
  };
}

/** JSON lines on standard error; standard output belongs to what a person or a pipe reads. */
export function createLogger(service: string, level: string): Logger {
  const sink = pino(
    { base: { service, pid: process.pid }, level, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' },
    pino.destination({ fd: 2, sync: true }),
  );
  const write =
    (severity: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      const { error, ...rest } = fields;
      sink[severity](error === undefined ? rest : { ...rest, error: errorFields(error) }, message);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
