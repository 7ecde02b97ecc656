import { ACTIVITIES, type Activity, type ActivityEvent } from '../activity-event';
import { newEventId } from '../event-id';
import type { LedgerEvent } from '../ledger-event';
import { recordEventSchema, type RecordEvent, type RecordEventName } from '../record-event';
import { auditEventOf, bundleOf } from './audit-event';
import type { AuditAgent, AuditEntity, AuditEvent } from './resources';

const PLACE = { log: 'medserve/0123456789ab', sequence: 7, hash: 'ab'.repeat(32) };
const HASH = '0c'.repeat(32);

const ofRequest = (event: RecordEventName, more: Partial<RecordEvent> = {}): RecordEvent =>
  recordEventSchema.parse({
    id: newEventId(),
    schema: 1,
    request: newEventId(),
    event,
    at: '2026-11-25T08:09:10.123Z',
    tenant: 'north',
    actor: 'key-1',
    actorKind: 'key',
    task: 'classify',
    modality: 'radiology',
    inputs: [HASH],
    ...more,
  });

const ofActivity = (event: Activity, more: Partial<ActivityEvent> = {}): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event,
  at: '2026-11-25T08:09:10.123Z',
  tenant: 'north',
  actor: 'key-1',
  actorKind: 'key',
  subject: 'result:0192f0a0-0000-7000-8000-000000000000',
  outcome: 'success',
  ...more,
});

const MODEL = { name: 'organ-modality', version: '1.2.0', digest: `sha256:${HASH}` };
const audited = (event: LedgerEvent): AuditEvent => auditEventOf(event, PLACE);

const agentsOfType = (made: AuditEvent, code: string): AuditAgent[] =>
  made.agent.filter(({ type }) => type.coding?.[0]?.code === code);
const entitiesOfType = (made: AuditEvent, code: string): AuditEntity[] =>
  made.entity.filter(({ type }) => type.code === code);

interface Sides {
  readonly client: string;
  readonly server: string;
}

/** What the Basic Audit profiles Create, PatientCreate and Read ask for in common (ITI BALP 1.1, PatientCreate.fsh and PatientRead.fsh). */
function expectBasicPattern(made: AuditEvent, { client, server }: Sides): void {
  expect(made.type.code).toBe('rest');
  expect(made.subtype?.length).toBeGreaterThanOrEqual(1);
  expect(made.outcome).toBe('0');
  expect(made.agent.length).toBeGreaterThanOrEqual(2);
  for (const code of [client, server]) {
    const [agent, ...others] = agentsOfType(made, code);
    expect(others).toEqual([]);
    expect(agent?.who).toBeDefined();
    expect(agent?.network).toBeDefined();
  }
  const data = entitiesOfType(made, '2');
  expect(data).toHaveLength(1);
  expect(['3', '4', '20']).toContain(data[0]?.role?.code);
  expect(data[0]?.what?.identifier?.value).toBeDefined();
  expect(entitiesOfType(made, 'XrequestId').length).toBeLessThanOrEqual(1);
}

describe('auditEventOf', () => {
  it('makes a completed request a Create by the Basic Audit pattern: client to server, result, transaction and model', () => {
    const event = ofRequest('completed', { model: MODEL, outputSha256: HASH, decision: 'abstained' });
    const made = audited(event);
    expectBasicPattern(made, { client: '110153', server: '110152' });
    expect(made).toMatchObject({
      id: event.id,
      action: 'C',
      recorded: event.at,
      subtype: [{ code: 'create' }],
      meta: { profile: ['https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Create'] },
    });
    expect(entitiesOfType(made, 'XrequestId')[0]?.what?.identifier?.value).toBe(event.request);
    expect(entitiesOfType(made, '2')[0]?.detail).toContainEqual({ type: 'decision', valueString: 'abstained' });
    const model = made.entity.find(({ what }) => what?.type === 'Device');
    expect(model?.what?.identifier?.value).toBe('organ-modality:1.2.0');
    expect(model?.detail).toContainEqual({ type: 'digest', valueString: MODEL.digest });
  });

  it('names a patient only by the keyed hash, and only where the record does', () => {
    const made = audited(ofRequest('completed', { patient: HASH, study: 'dd'.repeat(32) }));
    expectBasicPattern(made, { client: '110153', server: '110152' });
    expect(made.meta?.profile[0]).toMatch(/PatientCreate$/);
    const [patient, ...others] = entitiesOfType(made, '1');
    expect(others).toEqual([]);
    expect(patient).toEqual({
      what: { type: 'Patient', identifier: { system: 'urn:medserve:patient-hash', value: HASH } },
      type: expect.objectContaining({ code: '1' }) as unknown,
      role: expect.objectContaining({ code: '1' }) as unknown,
    });
    expect(made.entity.some(({ what }) => what?.type === 'ImagingStudy')).toBe(true);
    expect(entitiesOfType(audited(ofRequest('completed')), '1')).toEqual([]);
  });

  it('makes a read of a result a Read by the Basic Audit pattern, its source the server', () => {
    const made = audited(ofActivity('result_read'));
    expectBasicPattern(made, { client: '110152', server: '110153' });
    expect(made).toMatchObject({ action: 'R', subtype: [{ code: 'read' }] });
  });

  it('tells of a person as a user who is the only requestor, with role and coded purpose', () => {
    const made = audited(ofActivity('result_read', { actorKind: 'user', role: 'radiologist', purpose: 'BTG' }));
    const requestors = made.agent.filter(({ requestor }) => requestor);
    expect(requestors).toHaveLength(1);
    expect(requestors[0]).toMatchObject({
      type: { coding: [{ code: 'IRCP' }] },
      who: { identifier: { value: 'key-1' } },
      role: [{ coding: [{ code: 'radiologist' }] }],
      purposeOfUse: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'BTG' }] }],
    });
    expect(requestors[0]).not.toHaveProperty('network');
    expect(made.purposeOfEvent?.[0]?.coding?.[0]?.code).toBe('BTG');
  });

  it('has a client that acts for itself as the requestor', () => {
    expect(audited(ofActivity('result_read')).agent.map(({ requestor }) => requestor)).toEqual([true, false]);
  });

  it.each<[RecordEventName, RecordEvent['reason'], string, string | undefined]>([
    ['accepted', undefined, '0', undefined],
    ['completed', undefined, '0', undefined],
    ['failed', 'inference_failed', '8', 'inference_failed'],
    ['failed', 'deadline_exceeded', '4', 'deadline_exceeded'],
    ['cancelled', 'cancelled', '4', 'cancelled'],
    ['abandoned', undefined, '8', 'abandoned'],
  ])('gives %s (%s) the outcome %s, described by a code', (event, reason, outcome, described) => {
    const made = audited(ofRequest(event, reason === undefined ? {} : { reason }));
    expect(made.outcome).toBe(outcome);
    expect(made.outcomeDesc).toBe(described);
    if (outcome !== '0') expect(made.meta).toBeUndefined();
  });

  it('makes a denied access a security alert that failed', () => {
    const made = audited(
      ofActivity('access_denied', { outcome: 'refused', reason: 'forbidden', facts: { status: 403 } }),
    );
    expect(made).toMatchObject({ type: { code: '110113' }, outcome: '4', outcomeDesc: 'forbidden' });
    expect(entitiesOfType(made, '2')[0]?.detail).toEqual([{ type: 'status', valueString: '403' }]);
  });

  it.each(ACTIVITIES)('tells of %s with what FHIR requires', (event) => {
    const made = audited(ofActivity(event));
    expect(made.type.code).not.toBe('');
    expect(made.agent.filter(({ requestor }) => requestor)).toHaveLength(1);
    expect(made.source.observer.identifier?.value).toBe(PLACE.log);
    expect(made.entity.length).toBeGreaterThanOrEqual(2);
  });

  it('says where the entry stands in the log, so that its proof can be asked for', () => {
    const made = audited(ofActivity('key_created'));
    expect(made.entity.at(-1)).toMatchObject({
      what: { identifier: { system: 'urn:medserve:ledger', value: `${PLACE.log}#7` } },
      detail: [{ type: 'leafHash', valueString: PLACE.hash }],
    });
  });
});

describe('bundleOf', () => {
  const resource = audited(ofActivity('key_created'));

  it('collects, with nothing to be done to the entries', () => {
    expect(bundleOf([resource], 'collection').entry).toEqual([{ fullUrl: `urn:uuid:${resource.id}`, resource }]);
  });

  it('puts each under its own id in a transaction, so that sending it twice changes nothing', () => {
    expect(bundleOf([resource], 'transaction').entry[0]?.request).toEqual({
      method: 'PUT',
      url: `AuditEvent/${resource.id}`,
    });
  });
});
