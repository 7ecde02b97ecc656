import {
  ACTIVITIES,
  auditEventOf,
  bundleOf,
  newEventId,
  searchSetOf,
  type ActivityEvent,
  type AuditEvent,
  type RecordEvent,
} from '@medserve/events';
import { FhirValidator, type Finding } from './fhir-validator';
import { isReal } from './is-real';

const HASH = '0c'.repeat(32);
const PLACE = { log: 'medserve/0123456789ab', sequence: 7, hash: HASH };
const at = '2026-11-25T08:09:10.123Z';
const who = { tenant: 'north', actor: 'key-1', site: 'main', role: 'radiologist', purpose: 'TREAT' } as const;

const ofRequest = (event: RecordEvent['event'], more: Partial<RecordEvent> = {}): AuditEvent =>
  auditEventOf(
    {
      ...{ id: newEventId(), schema: 1, request: newEventId(), event, at, ...who, actorKind: 'key' },
      ...{ task: 'classify', modality: 'radiology', class: 'stat', inputs: [HASH], patient: HASH, study: HASH },
      ...{
        model: { name: 'net', version: '1', digest: `sha256:${HASH}` },
        outputSha256: HASH,
        timings: { runMs: 1.5 },
      },
      ...more,
    },
    PLACE,
  );
const ofActivity = (event: ActivityEvent['event'], actorKind: 'user' | 'key'): AuditEvent =>
  auditEventOf(
    {
      ...{ id: newEventId(), schema: 1, event, at, ...who, actorKind, subject: `result:${newEventId()}` },
      ...{ outcome: event === 'access_denied' ? 'refused' : 'success', facts: { count: 1, isSo: true } },
    },
    PLACE,
  );

/** Validation by software that nobody here wrote: HAPI FHIR, with the R4 definitions and the IHE Basic Audit profiles. */
const describeWithJava = (name: string, tests: (validator: FhirValidator) => void): void => {
  const validator = isReal ? FhirValidator.install() : 'it runs under npm run test:real';
  describe(name, () => {
    if (typeof validator !== 'string') tests(validator);
    else it.skip(`SKIPPED, nothing was validated: ${validator}`, () => undefined);
  });
};

describeWithJava('the FHIR AuditEvents', (validator) => {
  const good = [
    ...(['accepted', 'completed', 'failed', 'cancelled', 'abandoned'] as const).map((event) => ofRequest(event)),
    ofRequest('failed', { reason: 'inference_failed' }),
    ofRequest('completed', { actorKind: 'user' }),
    ...ACTIVITIES.flatMap((event) => [ofActivity(event, 'user'), ofActivity(event, 'key')]),
  ];

  const bundles = [
    bundleOf(good.slice(0, 9), 'collection'),
    bundleOf(good.slice(0, 9), 'transaction'),
    searchSetOf(good.slice(0, 9), '/v1/audit', '/v1/audit?cursor=7'),
  ];
  const completed = ofRequest('completed');
  const read = ofActivity('result_read', 'key');
  const broken: object[] = [
    { ...completed, outcome: '9' },
    { ...completed, source: undefined },
    { ...completed, action: 'R' },
    { ...completed, agent: completed.agent.slice(0, 1) },
    { ...completed, entity: completed.entity.filter(({ type }) => type.code !== '2') },
    { ...completed, entity: completed.entity.filter(({ type }) => type.code !== '1') },
    { ...read, agent: read.agent.map((agent) => ({ ...agent, network: undefined })) },
    { ...read, subtype: undefined },
  ];
  const valid = [...good, ...bundles];
  let found: readonly Finding[];
  beforeAll(() => {
    found = validator.errorsIn([...valid, ...broken]);
  }, 320_000);

  it('are valid, of every event and every kind of actor, alone and in Bundles', () => {
    expect(found.filter(({ index }) => index < valid.length)).toEqual([]);
  });

  it('are found invalid where they break R4 or the profile that they claim', () => {
    const missed = broken.filter((_, at) => !found.some(({ index }) => index === valid.length + at));
    expect(missed).toEqual([]);
  });
});
