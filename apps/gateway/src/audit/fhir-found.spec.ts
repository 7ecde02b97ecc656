import { newEventId, type ActivityEvent } from '@medserve/events';
import type { Found } from './audit-trail';
import { fhirFound } from './fhir-found';

const event: ActivityEvent = {
  id: newEventId(),
  schema: 1,
  event: 'result_read',
  at: '2026-11-25T08:09:10.123Z',
  tenant: 'north',
  actor: 'key-1',
  subject: 'result:0192f0a0-0000-7000-8000-000000000000',
  outcome: 'success',
};
const HASH = 'ab'.repeat(32);
const found: Found = { log: 'medserve/test', entries: [{ sequence: 7, hash: HASH, event }], next: '7' };

describe('what a search found, as FHIR', () => {
  it('is a searchset of AuditEvents, each with its place in the log', () => {
    const { type, entry } = fhirFound(found, '/v1/audit', {});
    expect(type).toBe('searchset');
    expect(entry).toMatchObject([
      {
        fullUrl: `urn:uuid:${event.id}`,
        search: { mode: 'match' },
        resource: { resourceType: 'AuditEvent', id: event.id },
      },
    ]);
    expect(JSON.stringify(entry[0]?.resource.entity)).toContain('medserve/test#7');
  });

  it('leads to the next page by an address with all that stood in this one', () => {
    const asked = { event: 'result_read', model: 'röntgen 1', limit: 1, cursor: '9', from: undefined };
    expect(fhirFound(found, '/v1/audit', asked).link).toEqual([
      { relation: 'self', url: '/v1/audit?event=result_read&model=r%C3%B6ntgen+1&limit=1&cursor=9' },
      { relation: 'next', url: '/v1/audit?event=result_read&model=r%C3%B6ntgen+1&limit=1&cursor=7' },
    ]);
  });

  it('leads nowhere from the last page, and from an empty log', () => {
    const nothing = fhirFound({ log: null, entries: [], next: null }, '/v1/audit/search', {});
    expect(nothing).toMatchObject({ link: [{ relation: 'self', url: '/v1/audit/search' }], entry: [] });
  });
});
