import type { ServiceProcess } from '../support/service-process';
import { Cluster } from './support/cluster';
import { DemandSource } from './support/demand-source';
import { describeCluster } from './support/describe-cluster';
import { freePort } from '../support/free-port';
import { ground } from './support/manifests';
import { COOLDOWN_SECONDS, POLLING_SECONDS, poolManifests } from './support/pool-manifests';
import { FleetFile, quickPool, scalerProcess } from './support/scaler-beside';
import { Timeline } from './support/timeline';
import { WatchedPool } from './support/watched-pool';

const COOLDOWN_MS = 1_000 * COOLDOWN_SECONDS;
const POLLING_MS = 1_000 * POLLING_SECONDS;
/* A poll may be late on a busy machine. */
const LATE_MS = 15_000;

describeCluster('KEDA follows the scaler', () => {
  let cluster: Cluster;
  let demand: DemandSource;
  let scaler: ServiceProcess;
  let fleet: FleetFile;
  let pictures: WatchedPool;
  const timeline = new Timeline();

  beforeAll(async () => {
    cluster = new Cluster();
    await cluster.apply(...ground());
    demand = new DemandSource(await freePort());
    await demand.start();
    demand.demand('pictures', 0);
    fleet = new FleetFile([quickPool('pictures')]);
    const port = await freePort();
    scaler = scalerProcess(fleet, demand.address, port);
    await scaler.start();
    timeline.begin('a pool is made');
    pictures = new WatchedPool(cluster, 'pictures', timeline);
    await pictures.create(
      poolManifests('cpu/pool-pictures.yaml', {
        scaler: `127.0.0.1:${String(port)}`,
        podAnnotations: { 'medserve.io/ready-after': '4s' },
      }),
    );
  }, 240_000);

  afterAll(async () => {
    timeline.print();
    await pictures.remove();
    await scaler.stop();
    await demand.stop();
    fleet.remove();
    cluster.close();
  }, 120_000);

  const ask = (slots: number): void => {
    timeline.mark(`${String(slots)} slots are demanded`);
    demand.demand('pictures', slots, pictures.ready);
  };

  it('wakes at the edge by a push, long before the next poll', async () => {
    timeline.begin('0 to 1 by push');
    pictures.forget();
    ask(1);
    const wokenAtMs = await timeline.until('a replica is wanted', () => pictures.replicas === 1);
    await timeline.until('its pod is ready', () => pictures.ready === 1);
    // Meant to be 2 s at most, and a tenth of that here; the table says what it was, and a machine that is busy may need more.
    expect(wokenAtMs).toBeLessThan(POLLING_MS);
    expect(pictures.wanted).toEqual([0, 1]);
  });

  it('follows a burst without overshoot while its pods are slow to be ready', async () => {
    timeline.begin('a burst, and slow pods');
    pictures.forget();
    ask(18);
    await timeline.until('6 replicas are wanted', () => pictures.replicas === 6);
    await timeline.always('no more than 6 are wanted', () => pictures.most === 6, 10_000);
    await timeline.until('all are ready', () => pictures.ready === 6);
    expect(pictures.most).toBe(6);
  });

  it('never goes to zero while something is demanded, however little', async () => {
    timeline.begin('no zero while demand > 0');
    ask(0.1);
    await timeline.until('one replica is wanted', () => pictures.replicas === 1);
    await timeline.always('one stays', () => pictures.replicas === 1, COOLDOWN_MS + POLLING_MS + 5_000);
  }, 120_000);

  it('takes the last replica no sooner than the cool-down allows', async () => {
    timeline.begin('1 to 0');
    ask(0);
    const zeroAtMs = await timeline.until('none is wanted', () => pictures.replicas === 0);
    // KEDA counts from the last poll or push that said active, which may lie one poll back.
    expect(zeroAtMs).toBeGreaterThan(COOLDOWN_MS - POLLING_MS);
    expect(zeroAtMs).toBeLessThan(COOLDOWN_MS + POLLING_MS + LATE_MS);
  }, 120_000);

  it('leaves the replicas as they are while the scaler is dead, and while it is back and knows nothing yet', async () => {
    timeline.begin('the scaler dies at 3');
    await timeline.until('the pods are gone', () => pictures.pods.size === 0);
    ask(9);
    await timeline.until('3 replicas are ready', () => pictures.replicas === 3 && pictures.ready === 3);
    pictures.forget();
    await scaler.kill();
    timeline.mark('the scaler is killed');
    await timeline.always('3 stay', () => pictures.replicas === 3, 2 * POLLING_MS);
    // The one router that it has to hear is not there.
    await demand.stop();
    await scaler.start();
    timeline.mark('the scaler is back, and no router is heard');
    await timeline.always('3 stay', () => pictures.replicas === 3, COOLDOWN_MS + POLLING_MS);
    await demand.start();
    timeline.mark('the router is heard');
    await timeline.always('3 stay', () => pictures.replicas === 3, POLLING_MS);
    ask(18);
    await timeline.until('6 are wanted', () => pictures.replicas === 6);
    expect(pictures.wanted).toEqual([3, 6]);
  }, 180_000);

  it('does nothing at zero while the scaler is dead', async () => {
    timeline.begin('the scaler dies at 0');
    ask(0);
    await timeline.until('none is wanted', () => pictures.replicas === 0);
    pictures.forget();
    await scaler.kill();
    timeline.mark('the scaler is killed');
    await timeline.always('none is wanted', () => pictures.replicas === 0, 2 * POLLING_MS);
    await scaler.start();
    ask(1);
    await timeline.until('one is wanted', () => pictures.replicas === 1);
    expect(pictures.wanted).toEqual([0, 1]);
  }, 180_000);
});
