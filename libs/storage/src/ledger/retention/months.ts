/** Nobody may keep entries shorter than this (HIPAA 164.316(b)(2)(i)). */
export const KEEP_YEARS = 6;

/** Days after its end at which a month is sealed. */
export const SEAL_AFTER_DAYS = 90;

/** A month is sealed within so many days after its end, so a seal may be so much younger than what it has to be kept for. */
export const SEALED_WITHIN_DAYS = 120;

export const DAY_MS = 86_400_000;

export interface MonthBounds {
  readonly begin: Date;
  readonly end: Date;
}

const MONTH = /^(\d{4,5})-(0[1-9]|1[0-2])$/u;

/**
 * @param month `2026-11`, by the UTC calendar
 * @throws RangeError
 */
export function monthBounds(month: string): MonthBounds {
  const [, year, number] = MONTH.exec(month) ?? [];
  if (year === undefined || number === undefined) throw new RangeError('A month is written 2026-11.');
  return {
    begin: new Date(Date.UTC(Number(year), Number(number) - 1)),
    end: new Date(Date.UTC(Number(year), Number(number))),
  };
}

/** The first UUIDv7 of a moment. */
export function firstEventOf(moment: Date): string {
  const hex = moment.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
