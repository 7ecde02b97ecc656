import type { AuditPage, Entry } from './entry';
import { aboutOf, outcomeOf } from './entry';

/** Entries of one page of an export: what the platform gives at most. */
export const EXPORT_PAGE = 1_000;
/** Entries of one export; a search that finds more is exported in parts. */
export const MOST_EXPORTED = 20_000;

/** A cell that begins with one of these is a formula to a spreadsheet (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r\n]/;

function cell(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : '';
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^'/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const COLUMNS: readonly (readonly [name: string, of: (entry: Entry) => unknown])[] = [
  ['sequence', ({ sequence }) => sequence],
  ['at', ({ event }) => event.at],
  ['event', ({ event }) => event.event],
  ['outcome', ({ event }) => outcomeOf(event)],
  ['reason', ({ event }) => event.reason],
  ['actor', ({ event }) => event.actor],
  ['actorKind', ({ event }) => event['actorKind']],
  ['role', ({ event }) => event['role']],
  ['site', ({ event }) => event['site']],
  ['purpose', ({ event }) => event['purpose']],
  ['about', ({ event }) => aboutOf(event)],
  ['model', ({ event }) => event.model?.name],
  ['version', ({ event }) => event.model?.version],
  ['patient', ({ event }) => event['patient']],
  ['id', ({ event }) => event.id],
  ['hash', ({ hash }) => hash],
];

/** The first line of a table of entries (RFC 4180). */
export const csvHead = (): string => `${COLUMNS.map(([name]) => name).join(',')}\r\n`;

/** Entries as lines of a table, safe to open in a spreadsheet. */
export const csvOf = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${COLUMNS.map(([, of]) => cell(of(entry))).join(',')}\r\n`).join('');

/** Values as lines of JSON. */
export const linesOf = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** A page of a search, already written. */
export interface WrittenPage {
  readonly text: string;
  readonly count: number;
  readonly next: string | undefined;
}

export const FORMATS = ['ndjson', 'csv', 'fhir'] as const;
export type ExportFormat = (typeof FORMATS)[number];

export const FILES: Readonly<
  Record<ExportFormat, { readonly type: string; readonly ending: string; readonly head: string }>
> = {
  ndjson: { type: 'application/x-ndjson', ending: 'ndjson', head: '' },
  csv: { type: 'text/csv', ending: 'csv', head: csvHead() },
  // A resource a line, as FHIR's bulk data has it.
  fhir: { type: 'application/fhir+ndjson', ending: 'fhir.ndjson', head: '' },
};

/** A FHIR searchset Bundle, as far as it is read here. */
export interface SearchSet {
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry: readonly { readonly resource: unknown }[];
}

export function writtenFhir({ link, entry }: SearchSet): WrittenPage {
  const next = link.find(({ relation }) => relation === 'next')?.url;
  const cursor = next === undefined ? null : new URLSearchParams(next.split('?')[1]).get('cursor');
  return { text: linesOf(entry.map(({ resource }) => resource)), count: entry.length, next: cursor ?? undefined };
}

export const writtenEntries = ({ entries, next }: AuditPage, format: 'ndjson' | 'csv'): WrittenPage => ({
  text: format === 'csv' ? csvOf(entries) : linesOf(entries),
  count: entries.length,
  next: next ?? undefined,
});

export interface Exported {
  readonly parts: readonly string[];
  readonly count: number;
  /** Whether more was found than one export takes. */
  readonly isCut: boolean;
}

/**
 * Reads page after page until there is no next one, or enough of them.
 *
 * @param progress is called after each page with how many entries there are so far
 * @throws what `pageAt` throws
 */
export async function collectPages(
  pageAt: (cursor: string | undefined) => Promise<WrittenPage>,
  progress: (count: number) => void,
): Promise<Exported> {
  const parts: string[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await pageAt(cursor);
    parts.push(page.text);
    count += page.count;
    cursor = page.next;
    progress(count);
  } while (cursor !== undefined && count < MOST_EXPORTED);
  return { parts, count, isCut: cursor !== undefined };
}
