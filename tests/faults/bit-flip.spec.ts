/** A bit that turns over on the wire: F55 of the catalogue (docs/faults.md). Without TLS TCP's checksum alone stands against it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMedserve, until } from '../support/platform';
import { Rig } from '../support/rig';
import { syntheticSlice } from '../support/synthetic';
import { ends, expectInvariants, Witness } from './invariants';

jest.setTimeout(120_000);

const image = syntheticSlice();

describe('a bit that turns over between services that speak TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-bit-flip-'));
  let rig: Rig;

  beforeAll(async () => {
    expect((await runMedserve('certs', 'make', folder)).status).toBe(0);
    rig = await Rig.start({ environment: { MEDSERVE_TLS_DIR: folder } });
  });
  afterAll(async () => {
    await rig.remove();
    rmSync(folder, { recursive: true });
  });

  it('F55: breaks the connection; the request fails on record, and none is answered wrongly', async () => {
    const witness = new Witness();
    const ask = async (deadlineMs: number) => {
      const query = { deadlineMs: String(deadlineMs) };
      const reply = await ends('a request', rig.caller().infer(image, 'application/dicom', query), 60_000);
      witness.saw(reply);
      return reply;
    };
    const expected = (await ask(30_000)).json['answer'];
    expect(expected).toBeDefined();
    const wire = rig.wires['gateway-router'];
    let broken = 0;
    wire.set('toTarget', { flipChance: 0.0005 });
    wire.set('toCaller', { flipChance: 0.0005 });
    for (let round = 0; round < 5; round += 1) {
      const reply = await ask(1_500);
      if (reply.status === 200) expect(reply.json['answer']).toEqual(expected);
      else broken += 1;
    }
    wire.heal();
    await until('an answer over a wire that is whole again', async () => (await ask(2_000)).status === 200, 60_000);
    expect(broken).toBeGreaterThan(0);
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() }, witness);
  });
});
