import type { Language } from './define-messages';

/** How numbers, sizes and times are written: in the reader's locale and zone, in the language of the page. */
export interface Formats {
  number(value: number, digits?: number): string;
  /** @param share 0 to 1 */
  percent(share: number, digits?: number): string;
  bytes(bytes: number): string;
  /** @param ms milliseconds */
  duration(ms: number): string;
  /** @param at RFC 3339, or milliseconds since 1970 */
  time(at: string | number): string;
  /** The time of the day alone. @param at as `time` takes it */
  clock(at: string | number): string;
  /** Such as "3 minutes ago". @param nowMs milliseconds since 1970 */
  ago(at: string | number, nowMs?: number): string;
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const DURATIONS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** The reader's own locale where it is of the page's language, such as `es-MX`; else the language itself. */
export const localeOf = (language: Language, wanted: readonly string[]): string =>
  wanted.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;

export function formatsOf(locale: string): Formats {
  const number = (value: number, options: Intl.NumberFormatOptions = {}): string =>
    new Intl.NumberFormat(locale, options).format(value);
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const unit = (value: number, name: string, digits: number): string =>
    number(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits });
  return {
    number: (value, digits = 2) => number(value, { maximumFractionDigits: digits }),
    percent: (share, digits = 1) => number(share, { style: 'percent', maximumFractionDigits: digits }),
    bytes: (bytes) => {
      const place = bytes < 1_000 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(bytes) / 3));
      return unit(bytes / 1_000 ** place, BYTES[place] ?? 'byte', place === 0 ? 0 : 1);
    },
    duration: (ms) => {
      if (ms < 1_000) return unit(ms, 'millisecond', ms < 10 ? 1 : 0);
      if (ms < 60_000) return unit(ms / 1_000, 'second', 1);
      return ms < 3_600_000 ? unit(ms / 60_000, 'minute', 1) : unit(ms / 3_600_000, 'hour', 1);
    },
    time: (at) => moment.format(new Date(at)),
    clock: (at) => clock.format(new Date(at)),
    ago: (at, nowMs = Date.now()) => {
      const passed = new Date(at).getTime() - nowMs;
      const [name, ms] = DURATIONS.find(([, length]) => Math.abs(passed) >= length) ?? ['second', 1_000];
      return relative.format(Math.round(passed / ms), name);
    },
  };
}
