import { catalogueEntry, startFakePod } from '@medserve/testkit';
import type { Member } from './member';
import { ScalingPool } from './demand/scaling-pool';
import { Replica } from './replica';
import { poolTerms } from './testing/pool-terms';
import { Traffic } from './traffic';
import { echo, Harness, signpost } from './testing/harness';

describe('a replica', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  async function ready(ensured: Promise<void> = Promise.resolve()) {
    const entry = catalogueEntry('m', { state: 'ready' });
    const pod = harness.add(await startFakePod({ models: [entry], handle: echo }));
    const client = { ensure: () => ensured.then(() => pod.hostAddress()) };
    const member = { address: pod.address, hash: 1, reachable: true, client } as unknown as Member;
    const replica = harness.add(new Replica(member, entry, 100, new ScalingPool(poolTerms(), new Traffic().observer)));
    replica.update(entry);
    return replica;
  }

  it('whose host is another one begins without what the one before did and took', async () => {
    const replica = await ready();
    await replica.open();
    const before = replica.host;
    if (before) before.inFlight = 2;
    replica.learn(3_000, false);
    expect([replica.inFlight, replica.latencyMs]).toEqual([2, 3_000]);
    await replica.open();
    expect([replica.inFlight, replica.latencyMs]).toEqual([0, 0]);
    if (before) before.inFlight -= 1;
    expect(replica.inFlight).toBe(0);
    replica.drop(before);
    expect(replica.link).toBe('up');
  });

  it('that was closed while it was opened keeps no connection', async () => {
    const ensured = signpost();
    const replica = await ready(ensured.reached);
    const opened = expect(replica.open()).rejects.toMatchObject({ reason: 'unavailable' });
    replica.close();
    ensured.reach();
    await opened;
    expect(replica.link).toBe('none');
  });
});
