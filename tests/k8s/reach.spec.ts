import { ends, expectInvariants, Witness } from '../faults/invariants';
import { syntheticSlice } from '../support/synthetic';
import { insist } from '../support/insistent-client';
import { Cluster } from './support/cluster';
import { describeCluster } from './support/describe-cluster';
import { KUBELET_LABEL, LoopbackKubelet } from './support/loopback-kubelet';
import { ground } from './support/manifests';
import { PlatformBeside } from './support/platform-beside';
import { poolManifests } from './support/pool-manifests';
import { Timeline } from './support/timeline';
import { WatchedPool } from './support/watched-pool';

const countFrom = (name: string, usual: number): number => Number(process.env[name] ?? usual);
const CYCLES = countFrom('MEDSERVE_TEST_CYCLES', 1);
const REQUESTS = countFrom('MEDSERVE_TEST_REQUESTS', 200);
const REPLICAS = 4;
/* Of 8 slots a replica is meant to have 6.4: enough for six. */
const BURST_CALLERS = 40;
/* Asks for one replica while the others are taken. */
const LAST_CALLERS = 2;
/* A pod that starts may take minutes on a busy machine: what waits for it is answered before this, or told. */
const SILENCE_MS = 240_000;
const CYCLE_MS = 400_000;

describeCluster('the router drives KEDA', () => {
  let cluster: Cluster;
  let kubelet: LoopbackKubelet;
  let platform: PlatformBeside;
  let pool: WatchedPool;
  const timeline = new Timeline();
  const witness = new Witness();
  let sentImages = 0;

  beforeAll(async () => {
    cluster = new Cluster();
    await cluster.apply(...ground());
    kubelet = new LoopbackKubelet(cluster, timeline, ['recognise']);
    const description = {
      slots: 8,
      unitsPerSlot: 1,
      replicas: { min: 0, max: REPLICAS },
      stableWindowSeconds: 4,
      panicWindowSeconds: 2,
      up: { replicas: 100, periodSeconds: 1 },
      down: { stabilizationSeconds: 0, replicas: 100, periodSeconds: 1 },
      lingerSeconds: 5,
      waiting: { requests: 200, seconds: 200 },
    };
    platform = await PlatformBeside.start(
      [{ name: 'recognise', packages: ['recogniser', 'organ-modality'], description }],
      (name) => kubelet.source(name),
    );
    timeline.begin('the pool is made');
    pool = new WatchedPool(cluster, 'recognise', timeline);
    await pool.create(
      poolManifests('cpu/pool-recognise.yaml', {
        scaler: platform.scalerAddress,
        minReplicas: 0,
        maxReplicas: REPLICAS,
        podLabels: { [KUBELET_LABEL]: 'loopback' },
      }),
    );
  }, 240_000);

  afterAll(async () => {
    timeline.print();
    await pool.remove();
    await kubelet.close();
    await platform.remove();
    cluster.close();
  }, 240_000);

  /** Callers that each send one image after the other until `isEnough`. @returns how many were answered, and how often they were sent */
  async function load(cycle: number, callers: number, isEnough: (answered: number) => boolean) {
    const { caller } = platform;
    const counts = { answered: 0, sent: 0 };
    const lane = async (): Promise<void> => {
      while (!isEnough(counts.answered)) {
        sentImages += 1;
        const name = `cycle-${String(cycle)}-${String(sentImages)}`;
        const { reply, sent } = await insist(caller, syntheticSlice(sentImages), name, SILENCE_MS);
        witness.saw(reply);
        if (counts.answered === 0) timeline.mark('the first answer');
        counts.answered += 1;
        counts.sent += sent;
      }
    };
    await ends('the load', Promise.all(Array.from({ length: callers }, lane)), CYCLE_MS);
    return counts;
  }

  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    it(
      `goes from 0 to ${String(REPLICAS)} and back and loses nothing: cycle ${String(cycle)}`,
      async () => {
        timeline.begin(`cycle ${String(cycle)}`);
        expect(pool.replicas).toBe(0);
        pool.forget();
        timeline.mark(`${String(BURST_CALLERS)} callers`);
        const burst = await load(
          cycle,
          BURST_CALLERS,
          (answered) => answered >= REQUESTS && pool.mostReady === REPLICAS,
        );
        timeline.mark(
          `${String(burst.answered)} answered (${String(burst.sent)} sent); ${String(LAST_CALLERS)} callers`,
        );
        const rest = await load(cycle, LAST_CALLERS, () => pool.replicas === 1 && pool.pods.size === 1);
        timeline.mark(`${String(rest.answered)} answered (${String(rest.sent)} sent); nobody asks`);
        await timeline.until('no replica is wanted', () => pool.replicas === 0);
        await timeline.until('no pod is left', () => pool.pods.size === 0);
        expect(pool.most).toBe(REPLICAS);
        expect([kubelet.died, kubelet.killed]).toEqual([[], []]);
        const [answered, sent] = [burst.answered + rest.answered, burst.sent + rest.sent];
        const took = (timeline.elapsedMs / 1_000).toFixed(0);
        process.stdout.write(
          `cycle ${String(cycle)}: ${String(answered)} answered of ${String(sent)} sent, ${took} s\n`,
        );
      },
      CYCLE_MS * 2,
    );
  }

  it('has every request in the ledger, once, with its answer', async () => {
    await expectInvariants({ databaseUrl: platform.database.url, verify: () => platform.verify() }, witness);
    expect(witness.ids.length).toBeGreaterThanOrEqual(CYCLES * REQUESTS);
  }, 120_000);
});
