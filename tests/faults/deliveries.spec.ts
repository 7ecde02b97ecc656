/** A gateway that is killed while it delivers results: they arrive, the same to the byte however often, and nothing is sent for ever. */
import { FailpointControl } from '../support/failpoint-control';
import { Rig } from '../support/rig';
import { ctStudy, reached, ReceivingNode, stow } from '../support/studies';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectInvariants } from './invariants';
import { endLeases } from './leases';

jest.setTimeout(180_000);

const STEPS = ['deliveries.before-send', 'deliveries.before-settle'] as const;

const ROUTE = `
name: ct
description: CT volumes of tests
when: { modality: CT }
complete: { quietSeconds: 1 }
series: { minSlices: 8 }
runs: [{ name: tissue, task: measure, model: ct-tissue }]
results: { dicom: [sr, sc] }
`;

describe('results whose gateway is killed', () => {
  const failpoints = new FailpointControl(STEPS.map((point) => ({ point, do: 'exit' })));
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

  it.each([
    ['deliveries.before-send', 1],
    ['deliveries.before-settle', 2],
  ] as const)('at %s arrive, %d times the same', async (point, times) => {
    const { studyUid, slices } = ctStudy(8);
    expect((await stow(rig.caller(), slices)).status).toBe(200);
    failpoints.light(point, 'exit');
    const dead = await Promise.race(rig.gateways.map((gateway) => gateway.ended().then(() => gateway)));
    await endLeases(rig.database.url);
    await dead.start();
    const study = await reached(rig.caller(), studyUid, 'exported', { withinMs: 120_000 });
    expect(study.deliveries).toMatchObject([{ destination: 'PACS', state: 'delivered' }]);
    expect(study.results.length).toBeGreaterThan(1);
    for (const { sopInstanceUid } of study.results) {
      const copies = pacs.received.get(sopInstanceUid) ?? [];
      expect(copies).toHaveLength(times);
      for (const copy of copies) expect(copy.equals(copies[0] as Buffer)).toBe(true);
    }
  });
});
