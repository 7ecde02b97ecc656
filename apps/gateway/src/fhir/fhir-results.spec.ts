import { Sensitive, type AnswerDocument, type StudyContext } from '@medserve/clinical';
import { newEventId, type RecordEvent } from '@medserve/events';
import { resourcesOf } from '@medserve/interop';
import type { AuditEntry, RunOfRequest } from '@medserve/storage';
import { AuditedResults } from '../records/audited-results';
import { Denials } from '../activities/denials';
import { ResultReader } from '../records/result-reader';
import type { StoredResult } from '../infer/ports';
import { PROBLEM_TYPE } from '../http/problem';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { eventTime } from './event-time';
import { FhirResults } from './fhir-results';
import { searchQuestion } from './search-question';

const REQUEST = newEventId();
const FAILED = newEventId();
const TENSORS = newEventId();
const COMPLETED = newEventId();

const DOCUMENT: AnswerDocument = {
  id: REQUEST,
  status: 'completed',
  task: 'measure',
  modality: { declared: null, detected: 'ct3d', source: 'dicom', served: 'ct3d', detail: {} },
  answer: {
    kind: 'measurements',
    measurements: [{ code: 'volume', display: 'Volume', value: 3, unit: 'mL' }],
  },
  confidence: {},
  decision: 'answered',
  warnings: [],
  evidence: [],
  provenance: {
    model: { name: 'net', version: '1', digest: 'sha256:00' },
    engine: 'onnx',
    inputs: [{ sha256: '00', kind: 'dicom', bytes: 1 }],
    record: { accepted: newEventId(), completed: COMPLETED },
    timings: {},
  },
};
const CONTEXT: StudyContext = { patient: { id: 'P-17' }, study: { uid: '1.2.3' }, series: [] };

const sixty = (): string[] => Array.from({ length: 60 }, () => newEventId());
const requestsOfStudies: Readonly<Record<string, readonly string[]>> = {
  [CONTEXT.study.uid]: [FAILED, REQUEST],
  '9.1': sixty(),
  '9.2': sixty(),
};

const entryOf = (event: RecordEvent['event'], id: string): AuditEntry => ({
  sequence: 1,
  hash: '0c'.repeat(32),
  leaf: Buffer.alloc(0),
  event: { id, schema: 1, request: REQUEST, event, at: '2026-11-26T05:00:00.000Z', tenant: 't', actor: 'k' },
});

describe('results as FHIR', () => {
  let world: ToldActivities;
  let fhir: FhirResults;
  let caughtUp: string[];
  let run: RunOfRequest | undefined;

  beforeEach(() => {
    world = new ToldActivities();
    caughtUp = [];
    run = undefined;
    const stored = new Map<string, { status: string; result: StoredResult }>([
      [REQUEST, { status: 'completed', result: json(DOCUMENT) }],
      [FAILED, { status: 'failed', result: { ...json({ status: 502 }), contentType: PROBLEM_TYPE } }],
      [TENSORS, { status: 'completed', result: json({ model_name: 'net', outputs: [] }) }],
    ]);
    const reader = new ResultReader({
      find: (tenant, id) => Promise.resolve(tenant === PRINCIPAL.tenant ? stored.get(id) : undefined),
    });
    const entries = [entryOf('accepted', DOCUMENT.provenance.record.accepted), entryOf('completed', COMPLETED)];
    fhir = new FhirResults({
      results: new AuditedResults(reader, world.activities, new Denials(world.activities)),
      contexts: {
        of: () => Promise.resolve(new Sensitive(CONTEXT)),
        requestsOf: (_tenant, { by, value }) => Promise.resolve(by === 'study' ? (requestsOfStudies[value] ?? []) : []),
      },
      activities: world.activities,
      references: { study: (_tenant, uid) => `hash of ${uid}`, patient: () => 'ab' },
      log: {
        head: () => Promise.resolve({ origin: 'medserve/t', size: 2 }),
        ofRequest: (_tenant, request) => Promise.resolve(request === REQUEST || request === FAILED ? entries : []),
        ofEvent: (_tenant, event) => Promise.resolve(entries.find((entry) => entry.event.id === event)),
      },
      runOf: () => Promise.resolve(run),
      caughtUp: (tenant) => {
        caughtUp.push(tenant);
        return Promise.resolve();
      },
      url: () => 'https://medserve.test',
    });
  });

  const json = (document: object): StoredResult => ({
    bytes: Buffer.from(JSON.stringify(document)),
    contentType: 'application/json',
  });
  const search = (type: Parameters<FhirResults['search']>[1], query: Record<string, unknown>, by = PRINCIPAL) =>
    fhir.search(by, type, searchQuestion(type, query, false));

  it('are one transaction, with what the ledger says of their making, once it has it', async () => {
    const bundle = await fhir.bundle(PRINCIPAL, REQUEST);
    expect(bundle.type).toBe('transaction');
    const types = bundle.entry?.map(({ resource }) => resource.resourceType);
    expect(new Set(types)).toEqual(
      new Set(['Device', 'ImagingStudy', 'Observation', 'DiagnosticReport', 'Provenance', 'AuditEvent']),
    );
    expect(caughtUp).toEqual(['t']);
    expect(world.brief).toEqual([`result_read result:${REQUEST} success`]);
    // A server that does not know the profile would refuse it all.
    expect(JSON.stringify(bundle)).not.toContain('"profile"');
  });

  it.each([
    ['DiagnosticReport', REQUEST],
    ['Observation', `${REQUEST}-1`],
    ['Observation', `${REQUEST}-2`],
    ['ImagingStudy', REQUEST],
    ['Device', REQUEST],
    ['Provenance', REQUEST],
    ['AuditEvent', COMPLETED],
  ] as const)('have a %s of its own address, and reading it is on record', async (type, id) => {
    expect(await fhir.resource(PRINCIPAL, type, id)).toMatchObject({ resourceType: type, id });
    expect(world.brief).toEqual([`result_read result:${REQUEST} success`]);
  });

  it.each([
    ['Observation', `${REQUEST}-3`],
    ['Observation', REQUEST],
    ['DiagnosticReport', `${REQUEST}-1`],
    ['DiagnosticReport', 'Jane Doe'],
    ['DiagnosticReport', FAILED],
    ['DiagnosticReport', TENSORS],
    ['AuditEvent', REQUEST],
    ['AuditEvent', 'x'],
  ] as const)('have no %s of the address %s', async (type, id) => {
    await expect(fhir.resource(PRINCIPAL, type, id)).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('are found by their id, each once, under their own addresses', async () => {
    const found = await search('DiagnosticReport', { identifier: REQUEST });
    expect(found).toMatchObject({
      type: 'searchset',
      total: 1,
      link: [{ relation: 'self', url: `https://medserve.test/fhir/R4/DiagnosticReport?identifier=${REQUEST}` }],
      entry: [{ fullUrl: `https://medserve.test/fhir/R4/DiagnosticReport/${REQUEST}`, search: { mode: 'match' } }],
    });
  });

  it('come in pages, of which each names the next', async () => {
    const first = await search('Observation', { identifier: REQUEST, _count: '1' });
    expect([first.total, first.entry?.length]).toEqual([2, 1]);
    const next = first.link?.find(({ relation }) => relation === 'next')?.url ?? '';
    const last = await search('Observation', Object.fromEntries(new URL(next).searchParams));
    expect(last.entry?.[0]?.resource.id).not.toBe(first.entry?.[0]?.resource.id);
    expect(last.link?.map(({ relation }) => relation)).toEqual(['self']);
    expect(await search('Observation', { identifier: REQUEST, _count: '0' })).not.toHaveProperty('entry');
  });

  it.each([
    ['not there', newEventId()],
    ['failed', FAILED],
    ['tensors', TENSORS],
    ['no id', 'Jane Doe'],
  ])('are not found where they are %s', async (_, id) => {
    expect(await search('DiagnosticReport', { 'result-id': id })).toMatchObject({ total: 0 });
  });

  it('are found by the identifier of their study, which searched is on record also where nothing is found', async () => {
    const identifier = (uid: string): string => `urn:dicom:uid|urn:oid:${uid}`;
    const found = await search('ImagingStudy', { identifier: identifier('1.2.3') });
    expect(found).toMatchObject({ total: 1, entry: [{ resource: { identifier: [{ value: 'urn:oid:1.2.3' }] } }] });
    expect(world.brief[0]).toBe('study_searched study:hash of 1.2.3 success');
    expect(await search('ImagingStudy', { identifier: identifier('1.2.4') })).toMatchObject({ total: 0 });
    expect(world.brief.at(-1)).toBe('study_searched study:hash of 1.2.4 success');
  });

  it('are refused where two terms together find more than a search goes through, and each of them does not', async () => {
    const identifier = (...uids: string[]): string => uids.map((uid) => `urn:dicom:uid|urn:oid:${uid}`).join(',');
    expect(await search('ImagingStudy', { identifier: identifier('9.1') })).toMatchObject({ total: 0 });
    expect(await search('ImagingStudy', { identifier: identifier('9.1', '9.1') })).toMatchObject({ total: 0 });
    await expect(search('ImagingStudy', { identifier: identifier('9.1', '9.2') })).rejects.toMatchObject({
      reason: 'invalid_request',
      message: 'The search finds more than 100 results.',
    });
  });

  it('are chosen by an identifier that they carry, among those of a result', async () => {
    const all = (await search('Observation', { 'result-id': REQUEST })).entry ?? [];
    const [tracked] = (all[1]?.resource as { identifier?: { system: string; value: string }[] }).identifier ?? [];
    const identifier = `${tracked?.system ?? ''}|${tracked?.value ?? ''}`;
    const found = await search('Observation', { 'result-id': REQUEST, identifier });
    expect(found.entry?.map(({ resource }) => resource.id)).toEqual([all[1]?.resource.id]);
    expect(await search('Observation', { 'result-id': REQUEST, identifier: 'urn:other|x' })).toMatchObject({
      total: 0,
    });
  });

  it('are chosen by the system alone of an identifier that they carry', async () => {
    const all = (await search('Observation', { 'result-id': REQUEST })).entry ?? [];
    const systems = all.flatMap(({ resource }) => (resource as { identifier?: { system: string }[] }).identifier ?? []);
    const [first] = systems;
    const found = await search('Observation', { 'result-id': REQUEST, identifier: `${first?.system ?? ''}|` });
    expect(found.total).toBe(systems.filter(({ system }) => system === first?.system).length);
    expect(await search('Observation', { 'result-id': REQUEST, identifier: 'urn:other|' })).toMatchObject({ total: 0 });
    expect(await search('ImagingStudy', { 'result-id': REQUEST, identifier: 'urn:dicom:uid|' })).toMatchObject({
      total: 1,
    });
  });

  it('are read and found by ids in no other letters than they are told with', async () => {
    const shouted = (id: string): string => id.toUpperCase();
    for (const [type, id] of [
      ['DiagnosticReport', REQUEST],
      ['AuditEvent', COMPLETED],
    ] as const) {
      expect(await fhir.resource(PRINCIPAL, type, id)).toMatchObject({ id });
      await expect(fhir.resource(PRINCIPAL, type, shouted(id))).rejects.toMatchObject({ reason: 'not_found' });
      expect(await search(type, { _id: id })).toMatchObject({ total: 1 });
      expect(await search(type, { _id: shouted(id) })).toMatchObject({ total: 0 });
    }
  });

  it('are none beyond the last of them', async () => {
    const page = await search('Observation', { identifier: REQUEST, _offset: '1000000000' });
    expect(page).not.toHaveProperty('entry');
    expect(page.link?.map(({ relation }) => relation)).toEqual(['self']);
  });

  it('are found by their own ids, as far as all that is asked for holds', async () => {
    const found = await search('Observation', { _id: `${REQUEST}-2,${newEventId()}` });
    expect(found.entry?.map(({ resource }) => resource.id)).toEqual([`${REQUEST}-2`]);
    expect(await search('AuditEvent', { _id: COMPLETED })).toMatchObject({
      total: 1,
      entry: [{ resource: { id: COMPLETED } }],
    });
    expect(await search('Observation', { _id: `${REQUEST}-2`, identifier: FAILED })).toMatchObject({ total: 0 });
  });

  it('have a course in the log also where they failed, of which nobody else hears', async () => {
    expect(await search('AuditEvent', { identifier: FAILED })).toMatchObject({ total: 2 });
    expect(world.brief).toEqual([`result_read result:${FAILED} success`]);
    const stranger = { ...PRINCIPAL, tenant: 'other' };
    expect(await search('AuditEvent', { identifier: FAILED }, stranger)).toMatchObject({ total: 0 });
  });

  it('are told in part where that is asked for', async () => {
    const part = async (query: Record<string, string>): Promise<Record<string, unknown>> =>
      ((await search('Observation', { _id: `${REQUEST}-1`, ...query })).entry?.[0]?.resource ?? {}) as object as Record<
        string,
        unknown
      >;
    const tag = { meta: { tag: [{ code: 'SUBSETTED' }] } };
    expect(await part({ _summary: 'true' })).toMatchObject({ resourceType: 'Observation', id: `${REQUEST}-1`, ...tag });
    expect(Object.keys(await part({ _summary: 'text' })).sort()).toEqual([
      'code',
      'id',
      'meta',
      'resourceType',
      'status',
      'text',
    ]);
    expect(Object.keys(await part({ _elements: 'issued' }))).toEqual(
      expect.arrayContaining(['issued', 'status', 'code']),
    );
    expect(await part({ _elements: 'issued' })).not.toHaveProperty('identifier');
    expect(await part({ _summary: 'data' })).not.toHaveProperty('text');
    expect(await part({ _summary: 'false' })).not.toHaveProperty('meta');
    const counted = await search('Observation', { identifier: REQUEST, _summary: 'count' });
    expect([counted.total, counted.entry]).toEqual([2, undefined]);
    expect(await search('Observation', { identifier: REQUEST, _total: 'none' })).not.toHaveProperty('total');
    const [study] = (await search('ImagingStudy', { identifier: REQUEST, _summary: 'true' })).entry ?? [];
    expect(JSON.stringify(study)).not.toContain('"instance"');
  });

  it('come with a word on parameters that did nothing', async () => {
    const found = await search('DiagnosticReport', { identifier: REQUEST, status: 'final', 'Jane Doe': 'x' });
    expect(found).toMatchObject({
      total: 1,
      entry: [
        { search: { mode: 'match' } },
        { search: { mode: 'outcome' }, resource: { issue: [{ severity: 'warning' }] } },
      ],
    });
    const text = JSON.stringify(found.entry?.at(-1));
    expect(text).toContain('status');
    expect(text).not.toContain('Jane');
  });

  it('of another tenant are not there, and who asked is on record', async () => {
    const stranger = { ...PRINCIPAL, tenant: 'other' };
    expect(await search('DiagnosticReport', { identifier: REQUEST }, stranger)).toMatchObject({ total: 0 });
    expect(world.told).toMatchObject([{ event: 'access_denied', tenant: 'other' }]);
  });

  it('are shown to nobody where the read cannot be put on record', async () => {
    world.isAway = true;
    await expect(search('DiagnosticReport', { identifier: REQUEST })).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(fhir.bundle(PRINCIPAL, REQUEST)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  describe('of a run of a study', () => {
    const identifiers = async (type: 'DiagnosticReport' | 'Observation'): Promise<unknown[]> =>
      ((await search(type, { identifier: REQUEST })).entry ?? []).map(
        ({ resource }) => (resource as { identifier?: readonly unknown[] }).identifier?.[0],
      );

    it('have the identifiers that its study’s destinations know it by, in every generation', async () => {
      run = { name: 'head/tissue', generation: 1, answered: 1 };
      const [reports, observations] = [await identifiers('DiagnosticReport'), await identifiers('Observation')];
      const input = { requestId: newEventId(), name: 'head/tissue', document: DOCUMENT };
      const device = { manufacturer: 'M', model: 'M', version: '1', serial: '1' };
      const sent = resourcesOf({ runs: [input], context: CONTEXT, device, generation: 2, now: new Date() });
      const sentOf = (type: string) =>
        sent
          .filter(({ resourceType }) => resourceType === type)
          .map((one) => (one as { identifier?: readonly unknown[] }).identifier?.[0]);
      expect(reports).toEqual(sentOf('DiagnosticReport'));
      expect(observations).toEqual(sentOf('Observation'));
      run = { name: 'head/tissue', generation: 2, answered: 1 };
      expect(await identifiers('DiagnosticReport')).toEqual(reports);
      expect(await fhir.resource(PRINCIPAL, 'Provenance', REQUEST)).toMatchObject({
        activity: { coding: [{ code: 'UPDATE' }] },
      });
    });

    it('do not take the place of the whole where they are a part of it', async () => {
      run = { name: 'head/tissue', generation: 1, answered: 1 };
      const [whole, observations] = [await identifiers('DiagnosticReport'), await identifiers('Observation')];
      run = { name: 'head/tissue', generation: 1, answered: 2 };
      expect(await identifiers('DiagnosticReport')).not.toEqual(whole);
      expect(await identifiers('Observation')).toEqual(observations);
    });
  });

  it('were issued when their record was made, whenever they are read', async () => {
    const report = await fhir.resource(PRINCIPAL, 'DiagnosticReport', REQUEST);
    expect(report).toMatchObject({ issued: eventTime(COMPLETED).toISOString() });
    expect(Math.abs(eventTime(COMPLETED).getTime() - Date.now())).toBeLessThan(60_000);
  });
});
