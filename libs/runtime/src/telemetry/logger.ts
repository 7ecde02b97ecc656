import pino, { type DestinationStream } from 'pino';
import { errorFields } from './error-fields';
import { sift, type Fields } from './fields';
import { currentSpan } from './tracing/current-span';

/** What `MEDSERVE_LOG_LEVEL` may be: this and all that is worse is written. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** The fields that a log line may have: those of the one list, and an error, of which kind and place are told. */
export interface LogFields extends Fields {
  readonly error?: unknown;
}

/** `error` means that someone must act; what the platform handles by itself is `warn` or `info`. Messages are static text. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * JSON lines on standard error; standard output belongs to what a person or a pipe reads. What is not in the list of fields is
 * left out, also where the compiler was talked out of seeing it; `droppedFields` on the line says how many. What is said on the way of a
 * request that is traced has its `trace_id`.
 */
export function createLogger(
  service: string,
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  const sink = pino(
    { base: { service, pid: process.pid }, level, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' },
    destination,
  );
  const write =
    (severity: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, { error, ...fields }: LogFields = {}): void => {
      const { told, dropped } = sift(fields);
      const traceId = currentSpan()?.traceId;
      const line = {
        ...told,
        ...(traceId === undefined ? {} : { trace_id: traceId }),
        ...(error === undefined ? {} : { error: errorFields(error) }),
        ...(dropped === 0 ? {} : { droppedFields: dropped }),
      };
      sink[severity](line, message);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
