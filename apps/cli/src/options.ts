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

export const DAY_MS = 86_400_000;
/** Ten years: so far ahead nobody means it, and a little further dates end. */
export const MOST_DAYS = 3_650;

/** How long something is to hold. */
export function days(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST_DAYS) return value;
  throw new InvalidArgumentError(`a whole number of days, 1 to ${String(MOST_DAYS)}`);
}
