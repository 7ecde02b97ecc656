import { join } from 'node:path';
import type { ServiceProcess } from '../support/service-process';
import { Cluster } from './support/cluster';
import { DemandSource } from './support/demand-source';
import { describeCluster } from './support/describe-cluster';
import { freePort } from '../support/free-port';
import { ground, NAMESPACE, OVERLAYS } from './support/manifests';
import { poolManifests } from './support/pool-manifests';
import { FleetFile, quickPool, scalerProcess } from './support/scaler-beside';
import { Timeline } from './support/timeline';
import { WatchedPool, type Pod } from './support/watched-pool';

const NODE = 'gpu-of-two-pools';
const HOLDS = { cpu: '64', memory: '512Gi', pods: '110', 'ephemeral-storage': '1Ti', 'nvidia.com/gpu': '1' };

/** A node with one GPU. */
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux' } },
  spec: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] },
  status: { capacity: HOLDS, allocatable: HOLDS },
};

/** What the claim of the overlay is given: there is nobody here who would make volumes. */
const volume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'weights' },
  spec: {
    capacity: { storage: '500Gi' },
    accessModes: ['ReadOnlyMany'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: '/weights' },
  },
};

describeCluster('two pools and one GPU', () => {
  let cluster: Cluster;
  let demand: DemandSource;
  let scaler: ServiceProcess;
  let fleet: FleetFile;
  let pools: readonly [WatchedPool, WatchedPool];
  const timeline = new Timeline();

  beforeAll(async () => {
    cluster = new Cluster();
    await cluster.apply(...ground(), volume);
    await cluster.kubectl(['apply', '--server-side', '-f', join(OVERLAYS, 'gpu', 'weights.yaml')]);
    await cluster.kubectl(['create', '-f', '-'], JSON.stringify(node));
    demand = new DemandSource(await freePort());
    await demand.start();
    for (const name of ['reports', 'seconds']) demand.demand(name, 0);
    fleet = new FleetFile([quickPool('reports', 1), quickPool('seconds', 1)]);
    const port = await freePort();
    scaler = scalerProcess(fleet, demand.address, port);
    await scaler.start();
    timeline.begin('two pools are made');
    pools = [new WatchedPool(cluster, 'reports', timeline), new WatchedPool(cluster, 'seconds', timeline)];
    const manifests = poolManifests('gpu/pool-reports.yaml', {
      scaler: `127.0.0.1:${String(port)}`,
      nodeSelector: { 'kubernetes.io/hostname': NODE },
    });
    const others = JSON.parse(
      JSON.stringify(manifests).replaceAll('pool-reports', 'pool-seconds').replaceAll('"reports"', '"seconds"'),
    ) as object[];
    await pools[0].create(manifests);
    await pools[1].create(others);
  }, 240_000);

  afterAll(async () => {
    timeline.print();
    for (const pool of pools) await pool.remove();
    await cluster.remove(`/api/v1/nodes/${NODE}`);
    await cluster.remove(`/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims/weights`);
    await cluster.remove('/api/v1/persistentvolumes/weights');
    await scaler.stop();
    await demand.stop();
    fleet.remove();
    cluster.close();
  }, 120_000);

  it('leaves the second waiting, which says what it waits for, until the first has gone', async () => {
    const [first, second] = pools;
    timeline.begin('one GPU for two');
    demand.demand('reports', 1);
    timeline.mark('the first pool is asked');
    await timeline.until('the first has its pod', () => first.ready === 1);
    demand.demand('seconds', 1);
    timeline.mark('the second pool is asked');
    await timeline.until('its pod cannot be scheduled', () => second.pending.some((pod) => whyUnscheduled(pod) !== ''));
    expect(whyUnscheduled(second.pending[0])).toContain('1 Insufficient nvidia.com/gpu');
    timeline.mark(`the second waits: ${whyUnscheduled(second.pending[0]).slice(0, 60)}`);
    demand.demand('reports', 0);
    timeline.mark('nobody asks the first');
    await timeline.until('the second has its pod', () => second.ready === 1);
    expect([first.replicas, second.replicas]).toEqual([0, 1]);
  }, 180_000);
});

const whyUnscheduled = (pod: Pod | undefined): string =>
  pod?.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')?.message ?? '';
