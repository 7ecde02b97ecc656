import { Cluster, type Resource } from './support/cluster';
import { describeCluster } from './support/describe-cluster';
import { ground, NAMESPACE, rendered } from './support/manifests';
import { Timeline } from './support/timeline';
import { WatchedPool, type Pod } from './support/watched-pool';

const READY_AFTER = '5s';
const POOL = 'volumes';
const FROM = 'emptied';
const TO = 'takes-over';
const TAINT = 'medserve.io/disruption';
const HOLDS = { cpu: '64', memory: '512Gi', pods: '110', 'ephemeral-storage': '1Ti' };

/** A node that no other test's pods come to. */
const node = (name: string, unschedulable: boolean): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, [TAINT]: 'yes' } },
  spec: { unschedulable, taints: [{ key: TAINT, effect: 'NoSchedule' }] },
  status: { capacity: HOLDS, allocatable: HOLDS },
});

interface Budget extends Resource {
  readonly status?: { readonly disruptionsAllowed?: number; readonly currentHealthy?: number };
}

interface Deployment extends Resource {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } };
}

describeCluster('a node is emptied', () => {
  let cluster: Cluster;
  let budget: Budget | undefined;
  let pool: WatchedPool;
  const timeline = new Timeline();

  beforeAll(async () => {
    cluster = new Cluster();
    await cluster.apply(...ground());
    const named = `?fieldSelector=metadata.name%3Dpool-${POOL}`;
    cluster.watch<Budget>(
      `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets${named}`,
      ({ type, object }) => {
        budget = type === 'DELETED' ? undefined : object;
        timeline.wake();
      },
    );
    timeline.begin('two replicas on one node');
    for (const object of [node(FROM, false), node(TO, true)])
      await cluster.kubectl(['create', '-f', '-'], JSON.stringify(object));
    pool = new WatchedPool(cluster, POOL, timeline);
    pool.watch();
    const wanted = rendered('pools', 'cpu', `pool-${POOL}.yaml`).flatMap((resource) => {
      if (resource.kind !== 'Deployment')
        return ['ServiceAccount', 'PodDisruptionBudget'].includes(resource.kind) ? [resource] : [];
      const { spec, ...rest } = resource as Deployment;
      const metadata = { ...spec.template.metadata, annotations: { 'medserve.io/ready-after': READY_AFTER } };
      const tolerations = [{ key: TAINT, operator: 'Exists' }];
      const template = { metadata, spec: { ...spec.template.spec, tolerations, nodeSelector: { [TAINT]: 'yes' } } };
      return [{ ...rest, spec: { ...spec, replicas: 2, template } }];
    });
    await cluster.apply(...wanted);
    await timeline.until('both are ready, and the budget knows it', () => pool.ready === 2 && isFree());
  }, 120_000);

  afterAll(async () => {
    timeline.print();
    await pool.remove();
    for (const name of [FROM, TO]) await cluster.remove(`/api/v1/nodes/${name}`);
    cluster.close();
  }, 120_000);

  const isFree = (): boolean => budget?.status?.disruptionsAllowed === 1 && budget.status.currentHealthy === 2;

  const evict = async ({ metadata: { name } }: Pod): Promise<number> => {
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: NAMESPACE } };
    const { status } = await cluster.ask('POST', `/api/v1/namespaces/${NAMESPACE}/pods/${name}/eviction`, eviction);
    timeline.mark(`eviction: ${String(status)}`);
    return status;
  };

  it('drains a node of both, one after the other', async () => {
    timeline.begin('drain');
    expect(pool.readyPods.map(({ spec }) => spec?.nodeName)).toEqual([FROM, FROM]);
    await cluster.kubectl(['uncordon', TO]);
    let least = pool.ready;
    let isDrained = false;
    const drained = cluster
      .kubectl(['drain', FROM, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s'])
      .finally(() => {
        isDrained = true;
        timeline.wake();
      });
    await timeline.until('the node is empty', () => {
      least = Math.min(least, pool.ready);
      return isDrained;
    });
    await drained;
    timeline.mark('the node is empty');
    await timeline.until('two are ready elsewhere', () => pool.ready === 2 && isFree());
    expect(least).toBe(1);
    expect(pool.readyPods.map(({ spec }) => spec?.nodeName)).toEqual([TO, TO]);
    await cluster.kubectl(['uncordon', FROM]);
  }, 240_000);

  it('lets one replica go and holds the other until there are two again; one that loads is in nobody’s way', async () => {
    timeline.begin('evictions');
    const [first, second] = pool.readyPods;
    if (first === undefined || second === undefined) throw new Error('two pods were to be ready');
    expect(await evict(first)).toBe(201);
    await timeline.until('the budget is used up', () => budget?.status?.disruptionsAllowed === 0);
    expect(await evict(second)).toBe(429);
    const loading = await timeline.untilFound('another loads', () =>
      [...pool.pods.values()].find(
        (pod) => ![first, second].some(({ metadata }) => metadata.name === pod.metadata.name),
      ),
    );
    expect(await evict(loading)).toBe(201);
    await timeline.until('two are ready again', () => pool.ready === 2 && isFree());
    expect(await evict(second)).toBe(201);
    await timeline.until('two are ready again', () => pool.ready === 2 && isFree());
  }, 120_000);
});
