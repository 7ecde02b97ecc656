/** A day of the calendar. Each part as many digits as it is written with. */
export interface Day {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

/** The day that a DICOM date (YYYYMMDD) names; undefined where the calendar has no such day. */
export function dayOf(date: string | undefined): Day | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(date ?? '') ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const found = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // What is no day of the month, such as the 30th of February, becomes one of another.
  const isReal = Number(year) >= 1 && found.getUTCMonth() === Number(month) - 1 && found.getUTCDate() === Number(day);
  return isReal ? { year, month, day } : undefined;
}

/** From -12:00 to +14:00, in minutes (PS3.3 C.12.1.1.8). */
const ZONES = { lowest: -720, highest: 840 } as const;

/** An offset from UTC as it is written, +HHMM; undefined where there is no such zone. */
export function zoneOf(utcOffset: string | undefined): string | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2})([0-5]\d)$/.exec(utcOffset ?? '') ?? [];
  const offset = (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes));
  return offset >= ZONES.lowest && offset <= ZONES.highest ? utcOffset : undefined;
}
