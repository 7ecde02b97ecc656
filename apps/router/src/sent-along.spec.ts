import type { WatchDemandResponse } from '@medserve/contracts';
import { catalogueEntry, startFakePod } from '@medserve/testkit';
import { echo, Harness, wire } from './testing/harness';

describe('models whose files callers sent along', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it('are one pool under a name of ours, however many: a name that a caller chose is told to no dashboard', async () => {
    const models = [
      catalogueEntry('jane-doe-1961', { state: 'ready', sentAlong: true }),
      catalogueEntry('john-roe', { state: 'ready', sentAlong: true }),
      catalogueEntry('installed', { state: 'ready' }),
    ];
    const pod = harness.add(await startFakePod({ models, handle: echo }));
    const told: string[] = [];
    const client = await harness.route([pod], { observer: { onPools: (pools) => told.push(JSON.stringify(pools)) } });
    await harness.heard(client, (listed) => listed.length === 3);
    expect(await harness.ask(client, { model: { name: 'jane-doe-1961' } })).toMatchObject({ tensors: [wire] });
    const demand = await new Promise<WatchDemandResponse>((resolve) => {
      const stop = client.watchDemand((heard) => {
        if (!heard || heard.pools.length < 2) return;
        stop();
        resolve(heard);
      });
    });
    expect(demand.pools.map(({ pool }) => pool).sort()).toEqual(['(sent along)', 'installed:1']);
    expect(demand.pools.find(({ pool }) => pool === '(sent along)')).toMatchObject({ readyReplicas: 2 });
    expect(JSON.stringify(demand)).not.toMatch(/jane|john/);
    expect(told.join()).not.toMatch(/jane|john/);
  });
});
