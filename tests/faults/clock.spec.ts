/** Faults of the clock: F68 and F69 of the catalogue (docs/faults.md). */
import { needs } from '../support/needs';
import { wrongClock } from '../support/privileges';
import { Rig } from '../support/rig';
import { syntheticSlice } from '../support/synthetic';
import { ends, expectInvariants, Witness } from './invariants';

jest.setTimeout(120_000);

const image = syntheticSlice();

needs('a clock that can be wrong (libfaketime)', () => {
  wrongClock('-1h');
})('a clock that is wrong', () => {
  it('F68, F69: gateways an hour behind, a year ahead and in another zone answer in time, and the ledger keeps its order', async () => {
    const clocks = [wrongClock('-1h'), wrongClock('+400d'), { TZ: 'Pacific/Chatham' }];
    const rig = await Rig.start({ gateways: clocks.length, ofGateways: clocks });
    const witness = new Witness();
    for (const gateway of clocks.keys()) {
      const reply = await ends('a request', rig.caller(gateway).infer(image, 'application/dicom'));
      expect(reply.status).toBe(200);
      witness.saw(reply);
      const hurried = await ends(
        'a hurried request',
        rig.caller(gateway).infer(image, 'application/dicom', { deadlineMs: '10000' }),
      );
      expect(hurried.status).toBe(200);
      witness.saw(hurried);
    }
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() }, witness);
    await rig.remove();
  });
});
