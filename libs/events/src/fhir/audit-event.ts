import { REASONS, type Category } from '@medserve/errors';
import { isRecordEvent, type LedgerEvent } from '../ledger-event';
import { agentsOf } from './agents';
import { APPLICATION_SERVER, OURS, PROFILES, purpose } from './codes';
import { entitiesOf, type LedgerPlace } from './entities';
import { OF_ACTIVITIES, OF_REQUESTS } from './patterns';
import type { AuditEvent, Bundle } from './resources';

/** What an answer fails of that no caller could have asked better. */
const SERIOUS: ReadonlySet<Category> = new Set<Category>(['internal', 'upstream', 'unavailable']);

type Outcome = Pick<AuditEvent, 'outcome' | 'outcomeDesc'>;

function outcomeOf(event: LedgerEvent): Outcome {
  // A code of a published list and never a text.
  const described = event.reason === undefined ? {} : { outcomeDesc: event.reason };
  if (!isRecordEvent(event)) return { outcome: event.outcome === 'success' ? '0' : '4', ...described };
  switch (event.event) {
    case 'accepted':
    case 'completed':
      return { outcome: '0' };
    case 'cancelled':
      return { outcome: '4', ...described };
    case 'abandoned':
      return { outcome: '8', outcomeDesc: event.reason ?? 'abandoned' };
    case 'failed': {
      const isSerious = event.reason === undefined || SERIOUS.has(REASONS[event.reason].category);
      return { outcome: isSerious ? '8' : '4', ...described };
    }
  }
}

/** The Basic Audit patterns that an event keeps; they are of successes only. */
function profileOf(event: LedgerEvent): string | undefined {
  if (!isRecordEvent(event)) return event.event === 'result_read' ? PROFILES.read : undefined;
  if (event.event !== 'completed') return undefined;
  return event.patient === undefined ? PROFILES.create : PROFILES.patientCreate;
}

/**
 * An entry of the ledger as a FHIR R4 AuditEvent, after the IHE Basic Audit Log Patterns: codes and hashes as in the entry,
 * nothing that was not in it. Its id is the event's, so who gets it twice keeps it once.
 */
export function auditEventOf(event: LedgerEvent, place: LedgerPlace): AuditEvent {
  const pattern = isRecordEvent(event) ? OF_REQUESTS[event.event] : OF_ACTIVITIES[event.event];
  const profile = profileOf(event);
  return {
    resourceType: 'AuditEvent',
    id: event.id,
    ...(profile === undefined ? {} : { meta: { profile: [profile] } }),
    type: pattern.type,
    subtype: pattern.subtype,
    action: pattern.action,
    recorded: event.at,
    ...outcomeOf(event),
    ...(event.purpose === undefined ? {} : { purposeOfEvent: [{ coding: [purpose(event.purpose)] }] }),
    agent: agentsOf(event, pattern, place.log),
    source: {
      site: event.tenant,
      observer: { identifier: { system: OURS.ledger, value: place.log }, display: 'MedServe' },
      type: [APPLICATION_SERVER],
    },
    entity: entitiesOf(event, place),
  };
}

/** @param kind `transaction`: to be sent to a FHIR server as it is, where each event is put under its own id */
export const bundleOf = (resources: readonly AuditEvent[], kind: Bundle['type']): Bundle => ({
  resourceType: 'Bundle',
  type: kind,
  entry: resources.map((resource) => ({
    fullUrl: `urn:uuid:${resource.id}`,
    resource,
    ...(kind === 'transaction' ? { request: { method: 'PUT' as const, url: `AuditEvent/${resource.id}` } } : {}),
  })),
});
