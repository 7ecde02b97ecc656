import type { ServiceProcess } from '../support/service-process';
import { Cluster } from './support/cluster';
import { DemandSource } from './support/demand-source';
import { describeCluster } from './support/describe-cluster';
import { freePort } from '../support/free-port';
import { ground } from './support/manifests';
import { NameServer } from './support/name-server';
import { POLLING_SECONDS, poolManifests } from './support/pool-manifests';
import { FleetFile, quickPool, scalerProcess } from './support/scaler-beside';
import { Timeline } from './support/timeline';
import { WatchedPool } from './support/watched-pool';

const FALLBACK = { failureThreshold: 3, replicas: 5 };
const HOSTS = ['127.0.0.2', '127.0.0.3'] as const;

describeCluster('two scalers behind one name', () => {
  let cluster: Cluster;
  let demand: DemandSource;
  let names: NameServer;
  let scalers: ServiceProcess[];
  let fleet: FleetFile;
  let texts: WatchedPool;
  const timeline = new Timeline();

  beforeAll(async () => {
    cluster = new Cluster();
    await cluster.apply(...ground());
    demand = new DemandSource(await freePort());
    await demand.start();
    demand.demand('texts', 0);
    fleet = new FleetFile([quickPool('texts')]);
    const port = await freePort(...HOSTS);
    scalers = HOSTS.map((host) => scalerProcess(fleet, demand.address, port, host));
    await Promise.all(scalers.map((scaler) => scaler.start()));
    names = await NameServer.start(HOSTS);
    timeline.begin('a pool is made');
    texts = new WatchedPool(cluster, 'texts', timeline);
    const scaler = `dns://${names.address}/scaler.medserve.svc.cluster.local:${String(port)}`;
    await texts.create(poolManifests('cpu/pool-texts.yaml', { scaler, maxReplicas: 8, fallback: FALLBACK }));
  }, 240_000);

  afterAll(async () => {
    timeline.print();
    await texts.remove();
    for (const scaler of scalers) await scaler.stop();
    await demand.stop();
    names.close();
    fleet.remove();
    cluster.close();
  }, 120_000);

  const ask = (slots: number): void => {
    timeline.mark(`${String(slots)} slots are demanded`);
    demand.demand('texts', slots, texts.ready);
  };

  it('goes on following demand when one of them is killed', async () => {
    timeline.begin('one of two scalers dies');
    ask(9);
    await timeline.until('3 replicas are ready', () => texts.replicas === 3 && texts.ready === 3);
    texts.forget();
    await scalers[0]?.kill();
    timeline.mark('a scaler is killed');
    await timeline.always('3 stay', () => texts.replicas === 3, 1_500 * POLLING_SECONDS);
    ask(18);
    await timeline.until('6 are wanted', () => texts.replicas === 6);
    await scalers[0]?.start();
    timeline.mark('it is back');
    await timeline.always('6 stay', () => texts.replicas === 6, 1_500 * POLLING_SECONDS);
    expect(texts.wanted).toEqual([3, 6]);
  }, 180_000);

  it('falls back to the replicas of an outage while no router is heard, and comes back when one is', async () => {
    timeline.begin('no router is heard');
    ask(6);
    await timeline.until('2 replicas are wanted', () => texts.replicas === 2);
    texts.forget();
    await demand.stop();
    timeline.mark('the router is gone');
    // Its last word counts for half a minute; then there is no metric, while the target of the metric is still known.
    await timeline.until('KEDA says that it falls back', () => texts.condition('Fallback')?.status === 'True', 180_000);
    timeline.mark('Fallback=True');
    await timeline.until('the replicas of the fallback are wanted', () => texts.replicas === FALLBACK.replicas);
    expect(texts.wanted).toEqual([2, FALLBACK.replicas]);
    await demand.start();
    timeline.mark('the router is back');
    await timeline.until('it does not fall back any more', () => texts.condition('Fallback')?.status === 'False');
    await timeline.until('2 replicas are wanted', () => texts.replicas === 2);
  }, 300_000);
});
