import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caller } from '../support/caller';
import { Platform, runMedserve } from '../support/platform';
import { ctStudy, generationsOf, reached, ReceivingNode, stow } from '../support/studies';

const SLICES = 10;

const QUICK = `
name: quick
description: CT volumes, soon after their last slice
when: { modality: CT }
complete: { quietSeconds: 1 }
series: { minSlices: 8 }
runs: [{ name: tissue, task: measure, model: ct-tissue }, { name: more, task: segment, model: not-served, optional: true }]
results: { dicom: [sr, sc] }
`;
/** Only for who names it: no study has this sender. */
const PATIENT = `
name: patient
description: CT volumes, when somebody says so
when: { sender: NOBODY }
complete: { on: go }
runs: [{ name: tissue, task: measure, model: ct-tissue }]
results: { dicom: [sr] }
`;

describe('studies on a platform', () => {
  const routes = mkdtempSync(join(tmpdir(), 'medserve-routes-'));
  let pacs: ReceivingNode;
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    writeFileSync(join(routes, 'quick.yaml'), QUICK);
    writeFileSync(join(routes, 'patient.yaml'), PATIENT);
    pacs = await ReceivingNode.start('PACS');
    const options = ['--destination', `PACS=127.0.0.1:${String(pacs.port)}`];
    platform = await Platform.start({ shape: 'single', options, environment: { MEDSERVE_ROUTES: routes } });
    caller = new Caller(platform.ready);
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    await pacs.close();
    rmSync(routes, { recursive: true, force: true });
  }, 60_000);

  const order = (studyUid: string, word: string) => caller.call(`/v1/studies/${studyUid}/${word}`, { method: 'POST' });
  const medserve = (...words: readonly string[]) => runMedserve('studies', ...words, '--home', platform.ready.home);

  it('go from their last slice to the PACS, with every step to be seen', async () => {
    const { studyUid, slices } = ctStudy(SLICES);
    await stow(caller, slices);
    const study = await reached(caller, studyUid, 'exported');
    expect(study).toMatchObject({
      routes: ['quick'],
      runs: [
        { name: 'tissue', state: 'answered' },
        { name: 'more', state: 'skipped', reason: 'model_not_found' },
      ],
      deliveries: [{ destination: 'PACS', state: 'delivered' }],
    });
    expect(study.results.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['sr', 'sc']));
    for (const { sopInstanceUid } of study.results) expect(pacs.received.get(sopInstanceUid)).toHaveLength(1);

    const [run] = study.runs;
    const found = await caller.call(`/v1/studies?request=${run?.request ?? ''}`);
    expect(found.json['studies']).toMatchObject([{ studyUid, generation: 1 }]);
    expect(await caller.events(run?.request ?? '')).toEqual(expect.arrayContaining(['accepted', 'completed']));
    const told = await caller.call('/v1/audit?event=study_received&limit=10');
    expect(JSON.stringify(told.json)).toContain('"route":"quick"');
    // Whom it shows, as the hash that an audit of a patient finds.
    expect(JSON.stringify(told.json)).toMatch(/"patient":"[0-9a-f]{64}"/);
    expect(JSON.stringify(told.json)).not.toContain(studyUid);
    const metrics = (await caller.call('/metrics')).bytes.toString();
    expect(metrics).toMatch(/medserve_studies_total\{[^}]*route="quick"[^}]*state="exported"[^}]*\} \d/);
    expect(metrics).not.toContain(studyUid);
  }, 90_000);

  it('begin another generation with what comes late, and none with what came before', async () => {
    const { studyUid, slices } = ctStudy(SLICES + 1);
    await stow(caller, slices.slice(0, SLICES));
    const first = await reached(caller, studyUid, 'exported');
    await stow(caller, slices.slice(0, SLICES));
    expect(await generationsOf(caller, studyUid)).toHaveLength(1);
    await stow(caller, slices.slice(SLICES));
    const second = await reached(caller, studyUid, 'exported', { generation: 2 });
    expect(second.runs[0]?.request).not.toBe(first.runs[0]?.request);
    const uids = [first, second].flatMap(({ results }) => results.map(({ sopInstanceUid }) => sopInstanceUid));
    expect(new Set(uids).size).toBe(uids.length);
  }, 90_000);

  it('that no route takes are skipped, and say why', async () => {
    const { studyUid, slices } = ctStudy(3);
    await stow(caller, slices);
    const study = await reached(caller, studyUid, 'skipped');
    expect(study).toMatchObject({ reason: 'too_few_slices', says: 'route quick: only 3 slices of 8 wanted' });
    const { stdout } = await medserve('why', studyUid);
    expect(stdout).toContain('quick: does not take it: only 3 slices of 8 wanted');
    expect(stdout).toContain('patient: does not take it: its sender is another');
  }, 60_000);

  it('wait for the word where their route wants one, which the sender named', async () => {
    const { studyUid, slices } = ctStudy(2);
    await stow(caller, slices, 'patient');
    await reached(caller, studyUid, 'receiving');
    expect((await order(studyUid, 'go')).status).toBe(202);
    expect(await reached(caller, studyUid, 'exported')).toMatchObject({ routes: ['patient'] });
    const again = await order(studyUid, 'go');
    expect([again.status, again.json['code']]).toEqual([422, 'study_state']);
  }, 60_000);

  it('are cancelled and taken up again by order', async () => {
    const { studyUid, slices } = ctStudy(2);
    await stow(caller, slices, 'patient');
    await reached(caller, studyUid, 'receiving');
    expect((await medserve('cancel', studyUid)).stdout).toContain('skipped');
    expect(await reached(caller, studyUid, 'skipped')).toMatchObject({ reason: 'cancelled' });
    expect((await medserve('requeue', studyUid)).status).toBe(0);
    await reached(caller, studyUid, 'exported');
  }, 60_000);

  it('whose delivery was refused fail visibly, and are sent by order', async () => {
    pacs.answer(0xa900);
    const { studyUid, slices } = ctStudy(SLICES);
    await stow(caller, slices);
    expect(await reached(caller, studyUid, 'failed')).toMatchObject({
      reason: 'undelivered',
      says: 'not delivered to PACS',
    });
    expect((await medserve('list', '--state', 'failed')).stdout).toContain('not delivered to PACS');
    pacs.answer(0);
    const { stdout, status } = await medserve('requeue', '--dead');
    expect([status, stdout]).toEqual([0, expect.stringContaining(studyUid)]);
    const study = await reached(caller, studyUid, 'exported');
    for (const { sopInstanceUid } of study.results) expect(pacs.received.get(sopInstanceUid)).toHaveLength(1);
  }, 90_000);

  it('are listed with what is asked for, and the rules can be read', async () => {
    const { json } = await caller.call('/v1/studies?state=exported&route=quick&modality=CT&limit=1');
    expect(json['studies']).toHaveLength(1);
    expect(json['next']).toEqual(expect.any(String));
    expect(json['summary']).toMatchObject({ exported: { studies: expect.any(Number) as number } });
    expect((await caller.call('/v1/studies?state=gone')).status).toBe(400);
    expect((await caller.call('/v1/studies/1.2.3')).status).toBe(404);
    const { stdout } = await medserve('routes');
    expect(stdout).toContain('quick: CT volumes, soon after their last slice');
    expect(stdout).toContain('sends to  PACS');
  }, 30_000);

  it('are the subject of a command that ends with a status', async () => {
    const missing = await medserve('show', '1.2.3');
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('not_found')]);
    const wrong = await runMedserve('studies', 'routes', '--check', join(routes, 'nowhere'));
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('cannot be read')]);
  }, 30_000);
});
