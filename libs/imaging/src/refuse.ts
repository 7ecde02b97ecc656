import { ServingError } from '@medserve/errors';

/** The file is of a kind that is read here, but it is empty, cut short, damaged or contradicts itself. */
export function unreadable(detail: string, cause?: unknown): ServingError {
  return new ServingError('unreadable_image', detail, { cause });
}

/** Something claims, or is, more than a limit; `limit` becomes "name: value unit". */
export function tooLarge(detail: string, name: string, value: number, unit: string): ServingError {
  return new ServingError('too_large', detail, { limit: `${name}: ${String(value)} ${unit}` });
}

/** Turns whatever a third-party decoder threw over a file's content into `unreadable_image`; our own errors pass. */
export function asUnreadable(thrown: unknown, detail: string): ServingError {
  return thrown instanceof ServingError ? thrown : unreadable(detail, thrown);
}
