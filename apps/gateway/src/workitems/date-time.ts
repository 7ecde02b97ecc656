/** A moment as a DICOM DT in UTC (PS3.5 6.2). */
export const dateTimeOf = (at: Date): string => `${at.toISOString().replace(/[-:T]/g, '').replace('Z', '')}+0000`;

const DT = /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\.\d{1,6})?([+-]\d{4})?$/;

/**
 * The moment of a DT; where it names no time zone, in UTC.
 *
 * @param end of what it leaves open, the last moment: the end of a range
 * @returns undefined for what is none
 */
export function momentOf(text: string, end = false): Date | undefined {
  const [whole, year = '', month, day, hour, minute, second, fraction = '', zone = '+0000'] =
    DT.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  const monthNumber = Number(month ?? (end ? 12 : 1));
  const lastDay = new Date(Date.UTC(Number(year), monthNumber, 0)).getUTCDate();
  const of = (part: string | undefined, most: number): number => Number(part ?? (end ? most : 0));
  const days = Number(day ?? (end ? lastDay : 1));
  const [hours, minutes, seconds] = [of(hour, 23), of(minute, 59), of(second, 59)];
  if (monthNumber < 1 || monthNumber > 12 || days < 1 || days > lastDay || hours > 23 || minutes > 59 || seconds > 60)
    return undefined;
  const milliseconds = fraction === '' ? (end ? 999 : 0) : Math.floor(Number(`0${fraction}`) * 1_000);
  const offset = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * (zone.startsWith('-') ? -1 : 1);
  return new Date(Date.UTC(Number(year), monthNumber - 1, days, hours, minutes - offset, seconds, milliseconds));
}
