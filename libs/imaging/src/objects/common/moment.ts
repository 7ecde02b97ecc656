import type { DataSet } from '../../dicom/data-set';

const TIMEZONE_OFFSET = 0x00080201;

/** A time as DICOM writes it. */
export interface Moment {
  /** YYYYMMDD */
  readonly date: string;
  /** HHMMSS.FFFFFF */
  readonly time: string;
}

/**
 * Times of an object are all in one offset from UTC (PS3.3 C.12.1.1.8): the one that its source states, since the times of the study
 * are copied from there. Without one they are in UTC.
 */
export function momentOf(now: Date, source: DataSet): Moment {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(source.text(TIMEZONE_OFFSET) ?? '') ?? [];
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const [date = '', time = ''] = new Date(now.getTime() + offset * 60_000).toISOString().split('T');
  return { date: date.replaceAll('-', ''), time: `${time.slice(0, 12).replaceAll(':', '')}000` };
}
