/** A gateway that is killed at every step of a study: the study still ends, exported once, with one record a run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FailpointControl } from '../support/failpoint-control';
import { until } from '../support/platform';
import { Rig } from '../support/rig';
import { ctStudy, generationsOf, reached, ReceivingNode, stow } from '../support/studies';
import { expectInvariants, rowsOf } from './invariants';
import { endLeases } from './leases';

jest.setTimeout(180_000);

const STEPS = [
  'studies.before-complete',
  'studies.after-complete',
  'studies.before-run',
  'studies.after-run',
  'studies.before-results',
  'studies.after-results',
  'studies.after-export',
] as const;

/** On the way of its request, which the study waits for. */
const OF_THE_REQUEST = ['gateway.after-accept', 'gateway.before-complete', 'gateway.after-complete'] as const;

/** No request was made yet. */
const FROZEN_AT = 'studies.before-complete';
/** Its request is under way, and its gateway's until the database has heard nothing of that one for 20 s. */
const STILL_AT = 'gateway.before-complete';
const STILL_MS = 60_000;
const ABANDONED = `status = 'abandoned'`;

const ROUTE = `
name: ct
description: CT volumes of tests
when: { modality: CT }
complete: { quietSeconds: 1 }
series: { minSlices: 8 }
runs: [{ name: tissue, task: measure, model: ct-tissue }]
results: { dicom: [sr] }
`;

describe('a study whose gateway is killed', () => {
  const failpoints = new FailpointControl([
    ...[...STEPS, ...OF_THE_REQUEST].map((point) => ({ point, do: 'exit' }) as const),
    { point: FROZEN_AT, do: 'delay', ms: 5_000 },
    { point: STILL_AT, do: 'block', ms: STILL_MS },
  ]);
  const routes = mkdtempSync(join(tmpdir(), 'medserve-routes-'));
  let pacs: ReceivingNode;
  let rig: Rig;

  beforeAll(async () => {
    writeFileSync(join(routes, 'ct.yaml'), ROUTE);
    pacs = await ReceivingNode.start('PACS');
    const destinations = [{ name: 'PACS', kind: 'dicom', aet: 'PACS', host: '127.0.0.1', port: pacs.port }];
    rig = await Rig.start({
      gateways: 2,
      failpoints,
      settings: { MEDSERVE_ROUTES: routes, MEDSERVE_DESTINATIONS: JSON.stringify(destinations) },
    });
  });
  afterAll(async () => {
    await rig.remove();
    await pacs.close();
    failpoints.remove();
    rmSync(routes, { recursive: true, force: true });
  });
  afterEach(async () => {
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() });
  });

  /** The gateway that a failpoint has killed, once it has; what it held is free, and it is started again. */
  async function revive(): Promise<void> {
    const dead = await Promise.race(rig.gateways.map((gateway) => gateway.ended().then(() => gateway)));
    await endLeases(rig.database.url);
    await dead.start();
  }

  it.each([...STEPS, ...OF_THE_REQUEST])('at %s is exported once, from one answer', async (point) => {
    const { studyUid, slices } = ctStudy(8);
    expect((await stow(rig.caller(), slices)).status).toBe(200);
    failpoints.light(point, 'exit');
    await revive();
    const study = await reached(rig.caller(), studyUid, 'exported', { withinMs: 120_000 });

    expect(await generationsOf(rig.caller(), studyUid)).toHaveLength(1);
    expect(study.deliveries).toMatchObject([{ destination: 'PACS', state: 'delivered' }]);
    const [report] = study.results;
    expect(study.results).toHaveLength(1);
    const copies = pacs.received.get(report?.sopInstanceUid ?? '') ?? [];
    expect(copies.length).toBeGreaterThanOrEqual(1);
    for (const copy of copies) expect(copy.equals(copies[0] as Buffer)).toBe(true);
    const completed = await rowsOf<{ id: string }>(
      rig.database.url,
      `SELECT request.id FROM study_run JOIN request ON request.id = study_run.request
       WHERE study_uid = '${studyUid}' AND request.status = 'completed'`,
    );
    expect(completed.map(({ id }) => id)).toEqual(study.runs.map(({ request }) => request));
    const sent = await rowsOf(rig.database.url, `SELECT 1 FROM delivery WHERE study_uid = '${studyUid}'`);
    expect(sent).toHaveLength(1);
    const kept = await rowsOf(
      rig.database.url,
      `SELECT 1 FROM dicom_instance WHERE study_uid = '${studyUid}' AND door = 'own'`,
    );
    expect(kept).toHaveLength(1);
  });

  it('is taken over by another while its own is frozen, and what that one writes later is refused', async () => {
    const { studyUid, slices } = ctStudy(8);
    failpoints.light(FROZEN_AT, 'delay');
    await stow(rig.caller(), slices);
    await until('somebody is about to decide on it', () => !failpoints.isLit(FROZEN_AT, 'delay'));
    expect(await holderOf(studyUid)).toBeDefined();
    const [first, second] = rig.gateways;
    first!.freeze();
    const study = await reached(rig.caller(1), studyUid, 'exported', { withinMs: 120_000 });
    first!.thaw();
    expect(study.deliveries).toHaveLength(1);
    expect(await generationsOf(rig.caller(1), studyUid)).toMatchObject([{ state: 'exported', results: [{}] }]);
    expect(second!.pid).not.toBe(0);
  });

  it('is done by another while its own stands still with its request under way', async () => {
    const { studyUid, slices } = ctStudy(8);
    const before = await requests(ABANDONED);
    failpoints.light(STILL_AT, 'block');
    await stow(rig.caller(), slices);
    await until('somebody stands still', () => !failpoints.isLit(STILL_AT, 'block'));
    const other = rig.caller(await whoAnswers());
    const study = await reached(other, studyUid, 'exported', { withinMs: STILL_MS + 60_000 });
    expect(study.deliveries).toHaveLength(1);
    expect(await generationsOf(other, studyUid)).toMatchObject([{ state: 'exported', results: [{}] }]);
    expect(study.runs).toHaveLength(1);
    expect(await requests(`status = 'completed' AND id = '${study.runs[0]?.request ?? ''}'`)).toBe(1);
    expect(await requests(ABANDONED)).toBe(before + 1);
  });

  const requests = async (condition: string): Promise<number> =>
    (await rowsOf(rig.database.url, `SELECT 1 FROM request WHERE ${condition}`)).length;

  async function whoAnswers(): Promise<number> {
    return Promise.any(
      rig.gateways.map(async (_, index) => {
        await rig.caller(index).call('/livez', { authorization: null });
        return index;
      }),
    );
  }

  async function holderOf(studyUid: string): Promise<string | undefined> {
    const rows = await rowsOf<{ holder: string }>(
      rig.database.url,
      `SELECT lease_holder AS holder FROM study_generation WHERE study_uid = '${studyUid}' AND lease_holder IS NOT NULL`,
    );
    return rows[0]?.holder;
  }
});
