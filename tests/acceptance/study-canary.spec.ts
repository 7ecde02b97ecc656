import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { associate, EXPLICIT_LITTLE_ENDIAN, QUERY_RETRIEVE, type Association } from '@medserve/dimse';
import { readPart10Head } from '@medserve/imaging';
import { dataSetBytes, type DicomItem } from '@medserve/testkit';
import { Caller, type Call } from '../support/caller';
import { Canaries, type Finding } from '../support/canaries';
import { findInDatabase } from '../support/canary-database';
import { canaryDicom, canaryStudy, type CanaryStudy } from '../support/canary-files';
import { EchoingReceivers } from '../support/echoing-receivers';
import { Platform, runMedserve, until } from '../support/platform';
import { freshUid, generationsOf, reached, stow } from '../support/studies';
import { startTelemetryCollector, type TelemetryCollector } from '../support/telemetry-collector';

const SLICES = 8;
const LONG_MS = 240_000;
const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

const ROUTE = `
name: quick
description: CT volumes, soon after their last slice
when: { modality: CT }
complete: { quietSeconds: 1 }
series: { minSlices: 8 }
runs: [{ name: tissue, task: measure, model: ct-tissue }, { name: regions, task: segment, model: ct-regions, optional: true }]
results: { dicom: [sr, seg, sc] }
`;

/** The archive's index: rows of the tenant, where attributes of the patient are at home. */
const INDEX = /^table public\.dicom_(study|series|instance)$/;
/** Which study, series and instances something was done with; nothing else of them. */
const WORK = /^table public\.(study_generation|study_run|study_result|delivery|dicom_batch)$/;
/** As whoever created a workitem wrote it. */
const WORKLIST = 'table public.workitem';
const isUid = ({ canary }: Finding): boolean => /(Study|Series|SOP)InstanceUID$/.test(canary);

describe('a study that came to the DICOM node', () => {
  const canaries = new Canaries();
  const folder = mkdtempSync(join(tmpdir(), 'medserve-study-canary-'));
  const inAnswers: Finding[] = [];
  let first: CanaryStudy;
  let second: CanaryStudy;
  let receivers: EchoingReceivers;
  let platform: Platform;
  let collector: TelemetryCollector;
  let caller: Caller;

  beforeAll(async () => {
    mkdirSync(join(folder, 'routes'));
    writeFileSync(join(folder, 'routes', 'quick.yaml'), ROUTE);
    first = canaryStudy(canaries, 'first', SLICES);
    second = canaryStudy(canaries, 'second', SLICES);
    receivers = await EchoingReceivers.start(folder, first.patient.name);
    collector = await startTelemetryCollector();
    platform = await Platform.start({
      shape: 'single',
      options: ['--destinations', receivers.file],
      environment: {
        MEDSERVE_ROUTES: join(folder, 'routes'),
        MEDSERVE_LOG_LEVEL: 'debug',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '200',
      },
    });
    caller = new Caller(platform.ready);
  }, LONG_MS);

  afterAll(async () => {
    await platform.remove();
    await collector.close();
    await receivers.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const text = (place: string): string => canaries.text(place);

  /** A call whose refusal is looked through: it repeats nothing of what was asked. */
  async function refused(what: string, path: string, options: Call = {}): Promise<number> {
    const reply = await caller.call(path, options);
    const told = Buffer.concat([Buffer.from(JSON.stringify([...reply.headers])), reply.bytes]);
    if (reply.status >= 300) inAnswers.push(...canaries.find(told, `answer ${String(reply.status)} to ${what}`));
    return reply.status;
  }

  const hostOf = (): { host: string; port: number } => {
    const [host = '', port] = platform.ready.dimse.split(':');
    return { host, port: Number(port) };
  };
  const associated = (...abstractSyntaxes: string[]): Promise<Association> =>
    associate({
      ...hostOf(),
      callingAet: 'SCANNER',
      calledAet: platform.ready.aet,
      contexts: abstractSyntaxes.map((abstractSyntax) => ({
        abstractSyntax,
        transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN],
      })),
    });
  const dataSetOf = (file: Buffer): Buffer => file.subarray(readPart10Head(file).dataSetOffset);

  /** C-STORE of one instance; the comment of a refusal is looked through. */
  async function store(association: Association, sopInstanceUid: string, dataSet: Buffer): Promise<number> {
    const asked = { sopClassUid: CT_IMAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN, dataSet };
    const { status, comment = '' } = await association.store(asked);
    inAnswers.push(...canaries.find(Buffer.from(comment), 'error comment of C-STORE'));
    return status;
  }

  it(
    'is stored, read and sent to receivers that say all of it again',
    async () => {
      const association = await associated(CT_IMAGE);
      for (const [at, slice] of first.slices.entries()) {
        expect(await store(association, first.sopInstanceUids[at] ?? '', dataSetOf(slice))).toBe(0);
      }
      await association.release();
      expect((await stow(caller, second.slices)).status).toBe(200);
      for (const { studyUid } of [first, second]) {
        const study = await reached(caller, studyUid, 'failed', { withinMs: 120_000 });
        expect(study).toMatchObject({ reason: 'undelivered', deliveries: Array(5).fill({ state: 'dead' }) });
      }
      expect([...receivers.heard].sort()).toEqual(['dicom', 'fhir', 'hl7', 'stow', 'webhook']);
    },
    LONG_MS,
  );

  it(
    'is refused in parts, by every door',
    async () => {
      const association = await associated(CT_IMAGE);
      for (const damage of ['truncated', 'no-pixels', 'bits', 'sequence', 'photometric'] as const) {
        await store(association, freshUid(), dataSetOf(canaryDicom(canaries, `damaged (${damage})`, damage)));
      }
      // Another instance than the command says, and the same one with other bytes.
      expect(await store(association, freshUid(), dataSetOf(canaryDicom(canaries, 'another')))).not.toBe(0);
      const [sopInstanceUid = ''] = first.sopInstanceUids;
      const changed = canaryDicom(canaries, 'first', undefined, {
        0x00080018: ['UI', sopInstanceUid],
        0x0020000d: ['UI', first.studyUid],
        0x0020000e: ['UI', first.seriesUid],
      });
      expect(await store(association, sopInstanceUid, dataSetOf(changed))).not.toBe(0);
      association.abort();
      const cut = connect(hostOf());
      cut.end(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 200]), Buffer.from(text('in half an association'))]));

      for (const damage of ['truncated', 'syntax', 'no-pixels'] as const) {
        const { status } = await stow(caller, [canaryDicom(canaries, `stored damaged (${damage})`, damage)]);
        expect(status).toBeGreaterThanOrEqual(400);
      }
      // Taken, and then by no route: which modality it is says only who sent it.
      const studyUid = freshUid();
      const odd = { 0x00080060: ['CS', text('Modality')], 0x0020000d: ['UI', studyUid] } as const;
      expect((await stow(caller, [canaryDicom(canaries, 'odd', undefined, odd)])).status).toBe(200);
      await caller.call(`/v1/studies/${studyUid}/go`, { method: 'POST' });
      await reached(caller, studyUid, 'skipped');
      const boundary = 'a-boundary';
      const type = `multipart/related; type="application/dicom"; boundary=${boundary}`;
      await refused(
        'STOW into another study',
        `/dicom-web/studies/1.2.${canaries.number('another StudyInstanceUID')}`,
        {
          method: 'POST',
          headers: { 'content-type': `multipart/related; type="application/dicom"; boundary=${text('boundary')}` },
          body: new Uint8Array(Buffer.from(text('no multipart'))),
        },
      );
      await refused('STOW by a route', `/dicom-web/${text('route').toLowerCase()}/studies`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(
          Buffer.from(`--${boundary}\r\nContent-Type: ${text('type of a part')}\r\n\r\n${text('part')}`),
        ),
      });
    },
    LONG_MS,
  );

  it('is searched for', async () => {
    const association = await associated(...Object.values(QUERY_RETRIEVE));
    const find = async (keys: DicomItem): Promise<number> => {
      const identifier = dataSetBytes(keys);
      let matches = 0;
      const { comment = '' } = await association.find({
        sopClassUid: QUERY_RETRIEVE.studyRootFind,
        identifier,
        onMatch: () => {
          matches += 1;
        },
      });
      inAnswers.push(...canaries.find(Buffer.from(comment), 'error comment of C-FIND'));
      return matches;
    };
    const { id, name, accession } = first.patient;
    const keys = { 0x00100010: ['PN', name], 0x00100020: ['LO', id], 0x00080050: ['SH', accession] } as const;
    expect(await find({ 0x00080052: ['CS', 'STUDY'], ...keys, 0x0020000d: ['UI', ''] })).toBe(1);
    await find({ 0x00080052: ['CS', text('level')], 0x00100010: ['PN', text('sought name')] });
    await find({
      0x00080052: ['CS', 'STUDY'],
      0x00080020: ['DA', text('sought date')],
      0x00091010: ['LO', text('private key')],
    });
    association.abort();

    const query = new URLSearchParams({ PatientName: name, PatientID: id, AccessionNumber: accession });
    const found = await caller.call(`/dicom-web/studies?${query.toString()}`);
    expect([found.status, (found.json as unknown as unknown[]).length]).toEqual([200, 1]);
    // The name of a key may be repeated to who sent it, its value may not.
    await refused('an unknown key', `/dicom-web/studies?hospital=${text('value of a key')}`);
    await refused('a wrong date', `/dicom-web/studies?StudyDate=${text('date')}&PatientName=${text('name')}`);
    await refused('a wrong limit', `/dicom-web/studies?limit=${text('limit')}`);
  }, 60_000);

  it('is retrieved, and what is not there is refused', async () => {
    const [sopInstanceUid = ''] = first.sopInstanceUids;
    const study = `/dicom-web/studies/${first.studyUid}`;
    const instance = `${study}/series/${first.seriesUid}/instances/${sopInstanceUid}`;
    for (const path of [`${study}/metadata`, study, instance, `${instance}/frames/1`, `${instance}/rendered`]) {
      expect([path, (await caller.call(path)).status]).toEqual([path, 200]);
    }
    const unknown = `1.2.${canaries.number('unknown StudyInstanceUID')}`;
    await refused('an unknown study', `/dicom-web/studies/${unknown}`);
    await refused('a word for a study', `/dicom-web/studies/${text('no UID')}/metadata`);
    await refused('a frame', `${instance}/frames/${text('frame')}`);
    await refused('a window', `${instance}/rendered?window=${text('window')}`);
    await refused('a type', instance, { headers: { accept: `image/${text('accepted type')}` } });
    await refused('an unknown path', `${study}/${text('path')}`);
    await refused('a wrong method', study, { method: 'DELETE' });
  }, 60_000);

  it('is read as FHIR, as a study and as deliveries', async () => {
    const [{ runs } = { runs: [] }] = await generationsOf(caller, first.studyUid);
    const request = String(runs[0]?.request);
    expect((await caller.call(`/fhir/R4/ImagingStudy?identifier=${request}`)).json).toMatchObject({ total: 1 });
    // What is said has the name that it has in the report of the study.
    const { bytes } = await caller.call(`/fhir/R4/Observation?identifier=${request}`);
    const [tracked] = /2\.25\.\d+/.exec(bytes.toString()) ?? [];
    const metadata = await caller.call(`/dicom-web/studies/${first.studyUid}/metadata`);
    expect([tracked, metadata.bytes.includes(String(tracked))]).toEqual([expect.any(String), true]);
    expect((await caller.call(`/v1/deliveries?study=${first.studyUid}`)).json['deliveries']).toHaveLength(5);
    const fhir = '/fhir/R4/DiagnosticReport';
    await refused('an identifier', `${fhir}?identifier=${text('system')}|${first.patient.accession}`);
    await refused('a patient', `${fhir}?patient=${first.patient.id}&identifier=${request}`);
    await refused('a parameter', `${fhir}?${text('parameter')}=1`, { headers: { prefer: text('preference') } });
    await refused('a format', `${fhir}/${request}?_format=${text('format')}`);
    await refused('an id', `${fhir}/${text('FHIR id')}`);
    await refused('a type', `/fhir/R4/${text('FHIR type')}/${text('another FHIR id')}`);
    await refused('a study', `/v1/studies/1.2.${canaries.number('another unknown StudyInstanceUID')}`);
    await refused('a state', `/v1/studies?state=${text('state')}`);
    await refused('studies of a model', `/v1/studies?modality=${text('modality')}&cursor=${text('cursor')}`);
    await refused('an order', `/v1/studies/${text('ordered study')}/go`, { method: 'POST' });
    await refused('a delivery', `/v1/deliveries?destination=${text('destination')}`);
    await refused('a requeued delivery', `/v1/deliveries/${text('delivery')}/requeue`, { method: 'POST' });
  }, 60_000);

  it('is ordered by a workitem, and asked for on the worklist', async () => {
    for (const study of [first, second]) {
      const body = new Uint8Array(Buffer.from(JSON.stringify([workitem(study)])));
      const headers = { 'content-type': 'application/dicom+json' };
      expect(await refused('a workitem', '/dicom-web/workitems', { method: 'POST', headers, body })).toBe(201);
    }
    const found = await caller.call(`/dicom-web/workitems?PatientID=${first.patient.id}`);
    expect((found.json as unknown as unknown[]).length).toBeGreaterThanOrEqual(1);
    const body = new Uint8Array(
      Buffer.from(JSON.stringify([{ '00100010': { vr: text('VR'), Value: [text('broken')] } }])),
    );
    const headers = { 'content-type': 'application/dicom+json' };
    await refused('a broken workitem', '/dicom-web/workitems', { method: 'POST', headers, body });
    await refused('an unknown workitem', `/dicom-web/workitems/1.2.${canaries.number('workitem')}`);
    await refused('a worklist', `/dicom-web/workitems?ScheduledProcedureStepPriority=${text('priority')}`);
  }, 60_000);

  it('is found in no refusal', () => {
    expect(inAnswers).toEqual([]);
  });

  it('is found in no metric, no trace, no log and no name of a process', async () => {
    expect(canaries.find((await caller.call('/metrics')).bytes, '/metrics')).toEqual([]);
    await until('the spans of a request', () => collector.spans().some(({ name }) => name === 'request'));
    expect(collector.received.flatMap(({ path, body }) => canaries.find(body, `telemetry ${path}`))).toEqual([]);
    const logs = join(platform.ready.home, 'logs');
    writeFileSync(join(logs, 'control.log'), text('the control'));
    expect(canaries.findInFolder(logs)).toEqual([{ canary: 'the control', where: join(logs, 'control.log') }]);
    rmSync(join(logs, 'control.log'));
    expect(canaries.find(Buffer.from(platform.output), 'output')).toEqual([]);
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const titles = processes.map((pid) => readOrNothing(join('/proc', pid, 'cmdline')));
    expect(canaries.find(Buffer.concat(titles), 'names of processes')).toEqual([]);
  }, 60_000);

  it('is found in no table but the index of the archive and the worklist, and by its UIDs where work was done with it', async () => {
    const found = await findInDatabase(canaries, databaseUrl());
    // A scan that finds nothing there sees nothing at all.
    expect(found).toContainEqual({ canary: 'first: PatientName', where: 'table public.dicom_study' });
    const elsewhere = found.filter(({ where }) => !INDEX.test(where) && where !== WORKLIST);
    expect(elsewhere.filter((finding) => !(WORK.test(finding.where) && isUid(finding)))).toEqual([]);
  }, 60_000);

  it('lies in files that nobody else can read, and nothing lies beside them', () => {
    const studies = join(platform.ready.home, 'studies');
    const files = filesBelow(studies);
    expect(files.length).toBeGreaterThanOrEqual(2 * SLICES);
    expect(files.filter((path) => (statSync(path).mode & 0o777) !== 0o600)).toEqual([]);
    expect(readdirSync(join(studies, 'arriving'))).toEqual([]);
    expect(files.flatMap((path) => canaries.find(Buffer.from(path), 'name of a file'))).toEqual([]);
  });

  it(
    'is gone when its patient is shredded: from the archive, from every table and from every door',
    async () => {
      const { home } = platform.ready;
      const [{ runs, results } = { runs: [], results: [] }] = await generationsOf(caller, first.studyUid);
      const words = ['--patient', first.patient.id, '--issuer', first.patient.issuer, '--yes', '--home', home];
      const shred = await runMedserve('privacy', 'shred', ...words);
      expect(shred).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(
          /removed from the archive: 1 studies\nremoved from the worklist: 1 workitems/,
        ) as string,
      });

      const found = await findInDatabase(canaries, databaseUrl());
      expect(found.filter(({ canary }) => canary.startsWith('first'))).toEqual([]);
      expect(found).toContainEqual({ canary: 'second: PatientName', where: 'table public.dicom_study' });
      const inFiles = canaries.findInFolder(join(home, 'studies'));
      expect(inFiles.filter(({ canary }) => canary.startsWith('first'))).toEqual([]);
      expect(inFiles.length).toBeGreaterThan(0);

      const statusOf = async (path: string): Promise<number> => (await caller.call(path)).status;
      expect(await statusOf(`/dicom-web/studies/${first.studyUid}/metadata`)).toBe(404);
      expect(await statusOf(`/v1/studies/${first.studyUid}`)).toBe(404);
      expect((await caller.call(`/v1/deliveries?study=${first.studyUid}`)).json['deliveries']).toEqual([]);
      expect(results.length).toBeGreaterThan(0);
      for (const { request } of runs) {
        const id = String(request);
        await until('the answer is gone', async () => (await statusOf(`/v1/results/${id}`)) === 410);
        expect(await statusOf(`/fhir/R4/DiagnosticReport/${id}`)).toBe(410);
        expect((await caller.call(`/fhir/R4/Observation?identifier=${id}`)).json).toMatchObject({ total: 0 });
      }
      expect(await statusOf(`/dicom-web/studies/${second.studyUid}/metadata`)).toBe(200);
      const [other] = await generationsOf(caller, second.studyUid);
      expect(await statusOf(`/v1/results/${String(other?.runs[0]?.request)}`)).toBe(200);
      expect(await runMedserve('audit', 'verify', '--home', home)).toMatchObject({ status: 0 });
    },
    LONG_MS,
  );

  it(
    'is read anew where it is sent again after that',
    async () => {
      expect((await stow(caller, first.slices)).status).toBe(200);
      const { runs } = await reached(caller, first.studyUid, 'failed', { withinMs: 120_000 });
      expect(runs).toMatchObject([{ state: 'answered' }, { state: 'answered' }]);
      for (const { request } of runs) expect((await caller.call(`/v1/results/${String(request)}`)).status).toBe(200);
    },
    LONG_MS,
  );

  it(
    'is found in no log that is exported, and in no file of the home but the archive and the database',
    async () => {
      const { home } = platform.ready;
      const exported = join(home, 'exported');
      expect(await runMedserve('audit', 'export', exported, '--home', home)).toMatchObject({ status: 0 });
      await platform.stop();
      expect(canaries.find(Buffer.from(platform.output), 'output')).toEqual([]);
      const homes = [join(home, 'studies'), join(home, 'postgres')];
      const found = canaries.findInFolder(home).filter(({ where }) => !homes.some((one) => where.startsWith(one)));
      expect(found).toEqual([]);
    },
    LONG_MS,
  );

  const databaseUrl = (): string =>
    (JSON.parse(readFileSync(join(platform.ready.home, 'running.json'), 'utf8')) as { databaseUrl: string })
      .databaseUrl;
});

/** A workitem that somebody performs who is not us (PS3.4 table CC.2.5-3). */
function workitem({ studyUid, patient }: CanaryStudy): object {
  const said = (vr: string, ...Value: readonly unknown[]) => ({ vr, Value });
  const none = { vr: 'SQ', Value: [] };
  return {
    '00100010': said('PN', { Alphabetic: patient.name }),
    '00100020': said('LO', patient.id),
    '00100021': said('LO', patient.issuer),
    '00100030': { vr: 'DA' },
    '00100040': { vr: 'CS' },
    '00404005': said('DT', '20261126070000+0000'),
    '00404018': none,
    '00404021': { vr: 'SQ', Value: [{ '0020000D': said('UI', studyUid) }] },
    '00404025': none,
    '00404041': said('CS', 'READY'),
    '0040A370': none,
    '00741000': said('CS', 'SCHEDULED'),
    '00741002': none,
    '00741200': said('CS', 'LOW'),
    '00741202': said('LO', 'by-hand'),
    '00741204': said('LO', 'Read it'),
    '00741210': none,
    '00741216': none,
  };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** A process may end while it is looked at. */
function readOrNothing(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
