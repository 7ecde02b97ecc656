import type { LedgerEvent } from '../ledger-event';
import { DESTINATION, OURS, participation, purpose, SOURCE } from './codes';
import type { Pattern } from './patterns';
import type { AuditAgent, CodeableConcept, Coding } from './resources';

const concept = (coding: Coding): CodeableConcept => ({ coding: [coding] });

/** The record holds no addresses of callers, which would be data about persons: a profile that asks for one is told so. */
const NOT_RECORDED: NonNullable<AuditAgent['network']> = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
};

type Asker = Pick<AuditAgent, 'requestor' | 'role' | 'purposeOfUse'>;

/** What the one who asked is and wants it for; nobody else of the agents is the requestor. */
const askerOf = (event: LedgerEvent): Asker => ({
  requestor: true,
  ...(event.role === undefined ? {} : { role: [{ coding: [{ system: OURS.role, code: event.role }] }] }),
  ...(event.purpose === undefined ? {} : { purposeOfUse: [concept(purpose(event.purpose))] }),
});

/**
 * Client, server and, where a person was named by a token, user (IHE Basic Audit patterns). What goes out of the platform has
 * the server as its source, what comes in the client.
 *
 * @param log the log's origin: the name that the platform goes by
 */
export function agentsOf(event: LedgerEvent, { flow }: Pattern, log: string): AuditAgent[] {
  const isUser = event.actorKind === 'user';
  const actor = { identifier: { system: OURS.actor, value: event.actor } };
  const client: AuditAgent = {
    type: concept(flow === 'in' ? SOURCE : DESTINATION),
    who: isUser
      ? { identifier: { system: OURS.site, value: event.site ?? event.tenant }, display: 'An application of the site' }
      : actor,
    network: NOT_RECORDED,
    ...(isUser ? { requestor: false } : askerOf(event)),
  };
  const server: AuditAgent = {
    type: concept(flow === 'in' ? DESTINATION : SOURCE),
    who: { identifier: { system: OURS.ledger, value: log }, display: 'MedServe' },
    requestor: false,
    network: { address: log, type: '5' },
  };
  if (!isUser) return [client, server];
  const part = flow === 'in' ? participation('INF', 'informant') : participation('IRCP', 'information recipient');
  return [client, server, { type: concept(part), who: actor, ...askerOf(event) }];
}
