import type { UsageDimension, UsageSums } from './usage-store';

const FIGURES = [
  'completed',
  'failed',
  'cancelled',
  'refused',
  'cpuSeconds',
  'queueSeconds',
  'inputBytes',
  'costUnits',
] as const;

/** A cell that begins with one of these is a formula to a spreadsheet (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^'/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Usage as CSV (RFC 4180), safe to open in a spreadsheet. */
export function usageCsv(by: readonly UsageDimension[], rows: readonly UsageSums[]): string {
  const columns = [...by, ...FIGURES];
  const lines = [columns.join(','), ...rows.map((row) => columns.map((name) => cell(row[name])).join(','))];
  return lines.map((line) => `${line}\r\n`).join('');
}
