import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caller } from '../support/caller';
import { controlIdIn, Hl7Receiver, Orthanc, Storescp } from '../support/dicom-peers';
import { freePort } from '../support/free-port';
import { needs } from '../support/needs';
import { Platform, until } from '../support/platform';
import { ctStudy, reached } from '../support/studies';

const describeWithPeers = needs('Orthanc and DCMTK', () => {
  for (const program of ['Orthanc', 'storescp']) execFileSync('which', [program], { stdio: 'pipe' });
});

const SLICES = 10;
const IMPATIENT = { baseMs: 100, mostMs: 300, maxAttempts: 3 };

interface Delivery {
  readonly id: string;
  readonly destination: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

/** A hospital around the platform: an archive that sends and receives, a report system, and a node that misbehaves. */
describeWithPeers('a platform among DICOM and HL7 peers', () => {
  let folder: string;
  let platform: Platform;
  let caller: Caller;
  let orthanc: Orthanc;
  let ris: Hl7Receiver;
  let flakyPort: number;
  let flaky: Storescp;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-orthanc-'));
    const [dimse, http] = [await freePort(), await freePort()];
    flakyPort = await freePort();
    ris = await Hl7Receiver.start(['AE', 'AA']);
    const destinations = [
      { name: 'archive', kind: 'dicom', aet: 'ORTHANC', host: '127.0.0.1', port: dimse, takes: ['sr', 'seg'] },
      { name: 'web', kind: 'stow', url: `http://127.0.0.1:${String(http)}/dicom-web`, takes: ['sc'] },
      { name: 'ris', kind: 'hl7', host: '127.0.0.1', port: ris.port },
      { name: 'flaky', kind: 'dicom', aet: 'FLAKY', host: '127.0.0.1', port: flakyPort, retry: IMPATIENT },
    ];
    writeFileSync(join(folder, 'destinations.yaml'), JSON.stringify({ destinations }));
    flaky = await Storescp.start('FLAKY', flakyPort, '--refuse');
    const options = ['--destinations', join(folder, 'destinations.yaml'), '--allow-aet', 'ORTHANC'];
    platform = await Platform.start({ shape: 'split', options });
    const { aet, dimse: node, dicomweb, key } = platform.ready;
    caller = new Caller(platform.ready);
    orthanc = await Orthanc.start({
      aet: 'ORTHANC',
      dimse,
      http,
      modalities: { medserve: [aet, '127.0.0.1', Number(node.split(':')[1])] },
      servers: { medserve: { url: `${dicomweb}/`, headers: { Authorization: `Bearer ${key}` } } },
    });
  }, 120_000);

  afterAll(async () => {
    await orthanc.stop();
    await flaky.stop();
    await ris.stop();
    await platform.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const pushed = async (slices: readonly Buffer[]): Promise<readonly string[]> => {
    const uploaded = await Promise.all(
      slices.map((slice) => orthanc.post<{ ParentStudy: string }>('instances', slice)),
    );
    return [...new Set(uploaded.map(({ ParentStudy }) => ParentStudy))];
  };
  const held = async (studyUid: string): Promise<number> =>
    (await caller.call(`/dicom-web/studies/${studyUid}/instances`)).json['length'] as unknown as number;
  const deliveryTo = async (destination: string, studyUid: string): Promise<Delivery | undefined> => {
    const { json } = await caller.call(`/v1/deliveries?destination=${destination}&study=${studyUid}`);
    return (json['deliveries'] as unknown as readonly Delivery[])[0];
  };
  const isTo = (destination: string, studyUid: string, state: string) => async (): Promise<boolean> =>
    (await deliveryTo(destination, studyUid))?.state === state;
  /** As `storescp` behaves from now on. */
  const misbehave = async (...how: readonly string[]): Promise<void> => {
    await flaky.stop();
    flaky = await Storescp.start('FLAKY', flakyPort, ...how);
  };
  const requeue = (destination: string) =>
    caller.call('/v1/deliveries/requeue', {
      method: 'POST',
      body: new Uint8Array(Buffer.from(JSON.stringify({ destination }))),
      headers: { 'content-type': 'application/json' },
    });

  it('takes a study that Orthanc pushes by C-STORE, and brings results everywhere, however often it takes', async () => {
    const { studyUid, slices } = ctStudy(SLICES);
    const Resources = await pushed(slices);
    const job = await orthanc.post('modalities/medserve/store', { Resources, Synchronous: true });
    expect(job).toMatchObject({ InstancesCount: SLICES, FailedInstancesCount: 0 });
    expect(await held(studyUid)).toBe(SLICES);

    expect((await caller.call(`/v1/studies/${studyUid}/go`, { method: 'POST' })).status).toBe(202);
    for (const destination of ['archive', 'web', 'ris'])
      await until(`results at ${destination}`, isTo(destination, studyUid, 'delivered'), 90_000);
    const modalities = await orthanc.modalitiesOf(studyUid);
    expect(modalities).toEqual(expect.arrayContaining(['SR', 'SEG', 'OT']));
    expect(modalities.filter((modality) => modality === 'CT')).toHaveLength(SLICES);

    // AE, and then the same message again.
    const [refused, accepted] = ris.messages;
    expect(ris.messages).toHaveLength(2);
    expect(accepted).toBe(refused);
    expect(controlIdIn(accepted ?? '')).not.toBe('');

    // Refused for good at the first attempt, cut off in each of the next, which is no answer and has no end of its own, and taken in the end.
    await until('a dead letter', isTo('flaky', studyUid, 'dead'));
    expect(await deliveryTo('flaky', studyUid)).toMatchObject({ attempts: 1, lastError: 'association_rejected' });
    expect(await reached(caller, studyUid, 'failed')).toMatchObject({ reason: 'undelivered' });

    await misbehave('--abort-during');
    expect((await requeue('flaky')).status).toBe(202);
    const cutOff = async (): Promise<boolean> => {
      const delivery = await deliveryTo('flaky', studyUid);
      return (delivery?.attempts ?? 0) > IMPATIENT.maxAttempts && delivery?.lastError === 'aborted';
    };
    await until('more attempts than may be answered', cutOff, 60_000);
    expect((await deliveryTo('flaky', studyUid))?.state).not.toBe('dead');

    await misbehave();
    const { results } = await reached(caller, studyUid, 'exported');
    expect(flaky.received).toHaveLength(results.length);
  }, 240_000);

  it('takes a study that Orthanc pushes by STOW-RS, once, and by C-STORE again changes nothing', async () => {
    const { studyUid, slices } = ctStudy(SLICES);
    const Resources = await pushed(slices);
    await orthanc.post('dicom-web/servers/medserve/stow', { Resources, Synchronous: true });
    expect(await held(studyUid)).toBe(SLICES);
    const again = await orthanc.post('modalities/medserve/store', { Resources, Synchronous: true });
    expect(again).toMatchObject({ FailedInstancesCount: 0 });
    expect(await held(studyUid)).toBe(SLICES);
  }, 120_000);

  it('stops in time while an association with a slow peer is open', async () => {
    await misbehave('--sleep-during', '5');
    const { studyUid, slices } = ctStudy(SLICES);
    await orthanc.post('modalities/medserve/store', { Resources: await pushed(slices), Synchronous: true });
    await caller.call(`/v1/studies/${studyUid}/go`, { method: 'POST' });
    await until('a delivery under way', isTo('flaky', studyUid, 'sending'), 90_000);
    expect(await platform.stop()).toBe(0);
  }, 180_000);
});
