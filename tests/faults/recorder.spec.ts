/** Faults on the way from the outbox to the ledger: F31, F39 and F40 of the catalogue (docs/faults.md). */
import { FailpointControl } from '../support/failpoint-control';
import { until } from '../support/platform';
import { Rig } from '../support/rig';
import { syntheticSlice } from '../support/synthetic';
import { ends, expectInvariants, rowsOf, Witness } from './invariants';

jest.setTimeout(120_000);

const image = syntheticSlice();

describe('a recorder that fails', () => {
  const failpoints = new FailpointControl([
    { point: 'relay.before-publish', do: 'exit' },
    { point: 'relay.after-publish', do: 'exit' },
    { point: 'recorder.after-append', do: 'exit' },
    { point: 'recorder.after-append', do: 'throw' },
  ]);
  const witness = new Witness();
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start({ recorders: 2, failpoints });
  });
  afterAll(async () => {
    await rig.remove();
    failpoints.remove();
  });
  afterEach(async () => {
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() }, witness);
  });

  const ask = async (): Promise<void> => {
    witness.saw(await ends('a request', rig.caller().infer(image, 'application/dicom')));
  };

  it.each([
    ['F39: killed after it took events and before they are published', 'relay.before-publish'],
    ['F39: killed after events are published', 'relay.after-publish'],
    ['F39: killed between the commit of the ledger and its acknowledgement', 'recorder.after-append'],
  ] as const)('%s, another one brings each event into the ledger once', async (_when, point) => {
    failpoints.light(point, 'exit');
    await ask();
    const victim = await Promise.race(rig.recorders.map((recorder) => recorder.ended().then(() => recorder)));
    await ask();
    await until(
      'the other one takes over',
      async () => (await rowsOf(rig.database.url, 'SELECT 1 FROM outbox')).length === 0,
      60_000,
    );
    await victim.start();
  });

  it('F40: two of them at once, one of which only stood still: each event is in the ledger once', async () => {
    for (const recorder of rig.recorders) {
      recorder.freeze();
      await ask();
      recorder.thaw();
      await ask();
    }
  });

  it('F39: an acknowledgement that fails is of no account', async () => {
    failpoints.light('recorder.after-append', 'throw');
    await ask();
  });
});
