import type { AuditEvent, SearchSet } from './resources';

/**
 * What a search found, as FHIR has it (R4, http.html 3.1.0.6 and bundle.html 2.36.2).
 *
 * @param self address of the search
 * @param next address of the next page; absent: there is none
 */
export const searchSetOf = (resources: readonly AuditEvent[], self: string, next?: string): SearchSet => ({
  resourceType: 'Bundle',
  type: 'searchset',
  link: [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next' as const, url: next }])],
  entry: resources.map((resource) => ({
    fullUrl: `urn:uuid:${resource.id}`,
    resource,
    search: { mode: 'match' },
  })),
});
