import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_HOME } from './home/home';

export const homeOption = (): Option =>
  new Option('--home <dir>', 'data, database, logs, model cache').env('MEDSERVE_HOME').default(DEFAULT_HOME);

export const urlOption = (): Option =>
  new Option('--url <url>', 'the platform; default: the one that runs on the home').env('MEDSERVE_URL');

export const keyOption = (): Option =>
  new Option('--key <key>', 'API key; default: the key of the run on the home').env('MEDSERVE_KEY');

export const jsonOption = (): Option => new Option('--json', 'JSON instead of text').default(false);

/** An object as JSON. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below, like everything else that is none.
  }
  throw new InvalidArgumentError('an object as JSON');
}

export function milliseconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1) return value;
  throw new InvalidArgumentError('a whole number of milliseconds');
}

/** RFC 3339, seconds left out where they are none; a date is its beginning in UTC. */
const INSTANT = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * A time that is the same wherever it is read: an instant without an offset would be another on each machine. `Date` takes a 30th of February
 * for a day of March.
 */
export function instant(text: string): Date {
  const [, date = ''] = INSTANT.exec(text) ?? [];
  const [day, at] = [new Date(date), new Date(text)];
  const isReal = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date) && !Number.isNaN(at.getTime());
  if (date !== '' && isReal) return at;
  throw new InvalidArgumentError('a date or an instant of ISO 8601, such as 2026-11-25 or 2026-11-25T08:00:00Z');
}

/** @throws Error where nothing lies between two times: an empty list would say that nothing happened */
export function requireOrder(from: Date | undefined, to: Date | undefined): void {
  if (from !== undefined && to !== undefined && from >= to)
    throw new Error('--from has to be before --to, which is now where it is left out');
}

export const DAY_MS = 86_400_000;
/** Ten years: so far ahead nobody means it, and a little further dates end. */
export const MOST_DAYS = 3_650;

/** How long something is to hold. */
export function days(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST_DAYS) return value;
  throw new InvalidArgumentError(`a whole number of days, 1 to ${String(MOST_DAYS)}`);
}
