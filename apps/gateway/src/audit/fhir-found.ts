import { auditEventOf, searchSetOf, type SearchSet } from '@medserve/events';
import type { Found } from './audit-trail';

/** The address of a search with other parameters than it was asked with; relative to the platform's own. */
const addressOf = (path: string, parameters: Readonly<Record<string, string | number | undefined>>): string => {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) written.set(name, String(value));
  return written.size === 0 ? path : `${path}?${written.toString()}`;
};

/**
 * What a search found as FHIR AuditEvents, with the address of the next page.
 *
 * @param asked what stood in the address of the search; never what stood in its body
 */
export function fhirFound(
  { log, entries, next }: Found,
  path: string,
  asked: Readonly<Record<string, string | number | undefined>>,
): SearchSet {
  return searchSetOf(
    entries.map(({ event, sequence, hash }) => auditEventOf(event, { log: log ?? '', sequence, hash })),
    addressOf(path, asked),
    next === null ? undefined : addressOf(path, { ...asked, cursor: next }),
  );
}
