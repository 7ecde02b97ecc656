import type { StudyContext } from '@medserve/clinical';
import { dayOf, zoneOf } from '../study-time';

const two = (value: number): string => String(value).padStart(2, '0');

/** A moment as a DTM in UTC: YYYYMMDDHHMMSS+0000. */
export function dtmOf(at: Date): string {
  const day = `${String(at.getUTCFullYear()).padStart(4, '0')}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${day}${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}+0000`;
}

/** When the study began, as exactly as its header says it, in the time of the place unless it names an offset. */
export function studyDtm({ date, time, utcOffset }: StudyContext['study']): string | undefined {
  if (date === undefined || dayOf(date) === undefined) return undefined;
  const clock = /^((?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\.\d{1,4})?)?)\d*$/.exec(time ?? '')?.[1];
  if (clock === undefined) return date;
  return `${date}${clock}${zoneOf(utcOffset) ?? ''}`;
}
