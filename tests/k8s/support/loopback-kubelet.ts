import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster';
import { NAMESPACE } from './manifests';
import { PodProcess, type ScheduledPod } from './pod-process';
import type { Timeline } from './timeline';

export const KUBELET_LABEL = 'medserve.io/kubelet';
/* A kubelet asks every few seconds; a test has less time. */
const PROBE_EVERY_MS = 250;

interface Held {
  readonly process: PodProcess;
  readonly pool: string;
  isReady: boolean;
  isLeaving: boolean;
}

const conditions = (isReady: boolean): object[] =>
  ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: type.endsWith('Ready') && !isReady ? 'False' : 'True',
    lastTransitionTime: new Date().toISOString(),
  }));

/**
 * What a kubelet is to the pods that carry its label: it starts their process when they have been given a node, tells the API when the
 * readiness probe answers, and after a deletion sends SIGTERM and lets the pod go when the process has gone. It is the headless Service of
 * each pool too: `file:` sources name the pods from the moment when they have an address until they are gone, ready or not.
 */
export class LoopbackKubelet {
  private readonly folder = mkdtempSync(join(tmpdir(), 'medserve-kubelet-'));
  private readonly held = new Map<string, Held>();
  private readonly network = `127.${String(64 + Math.floor(Math.random() * 64))}.${String(Math.floor(Math.random() * 256))}`;
  private next = 1;
  private isOver = false;
  private readonly stopWatching: () => void;
  /** Pods whose process had to be killed after its grace. */
  readonly killed: string[] = [];
  /** Pods whose process ended without being told to. */
  readonly died: string[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly timeline: Timeline,
    pools: readonly string[],
  ) {
    for (const pool of pools) this.publish(pool);
    this.stopWatching = cluster.watch<ScheduledPod>(
      `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=${encodeURIComponent(`${KUBELET_LABEL}=loopback`)}`,
      ({ type, object }) => {
        const { uid = '', deletionTimestamp } = object.metadata;
        if (type === 'DELETED') return;
        const failed = (error: unknown): void => {
          timeline.mark(`the kubelet failed at ${object.metadata.name}: ${String(error)}`);
        };
        if (deletionTimestamp !== undefined) this.end(object).catch(failed);
        else if (object.spec.nodeName !== undefined && !this.held.has(uid)) this.start(object).catch(failed);
      },
    );
  }

  /** The file that a router reads the addresses of a pool's pods from. */
  source(pool: string): string {
    return join(this.folder, `${pool}.json`);
  }

  get pids(): readonly number[] {
    return [...this.held.values()].map(({ process }) => process.pid);
  }

  /** Ends every process that is left. */
  async close(): Promise<void> {
    this.isOver = true;
    this.stopWatching();
    await Promise.all([...this.held.values()].map(({ process }) => process.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(pod: ScheduledPod): Promise<void> {
    const { uid = '', name, labels = {} } = pod.metadata;
    const pool = labels['medserve.io/pool'] ?? '';
    const address = `${this.network}.${String(this.next)}`;
    this.next = (this.next % 254) + 1;
    const folder = join(this.folder, pool);
    mkdirSync(folder, { recursive: true });
    const held: Held = { process: new PodProcess(pod, address, folder), pool, isReady: false, isLeaving: false };
    this.held.set(uid, held);
    this.publish(pool);
    void held.process.ended.then(() => {
      if (held.isLeaving || this.isOver) return;
      this.died.push(name);
      this.timeline.mark(`${name} died:\n${held.process.output}`);
    });
    await this.tell(pod, held);
    const isServing = (): boolean => held.process.isRunning && !held.isLeaving && !this.isOver;
    let failures = 0;
    while (isServing()) {
      failures = (await held.process.isReady()) ? 0 : failures + 1;
      const isReady = failures === 0 || (held.isReady && failures < held.process.failureThreshold);
      if (isReady !== held.isReady && isServing()) {
        held.isReady = isReady;
        await this.tell(pod, held);
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
  }

  private async end(pod: ScheduledPod): Promise<void> {
    const { uid = '', name } = pod.metadata;
    const held = this.held.get(uid);
    if (held?.isLeaving === true || this.isOver) return;
    if (held !== undefined) {
      held.isLeaving = true;
      held.isReady = false;
      const wentByItself = await held.process.stop();
      if (!wentByItself) this.killed.push(name);
      this.held.delete(uid);
      this.publish(held.pool);
    }
    await this.cluster.remove(`/api/v1/namespaces/${NAMESPACE}/pods/${name}`, {
      gracePeriodSeconds: 0,
      preconditions: { uid },
    });
  }

  private async tell(pod: ScheduledPod, { process, isReady }: Held): Promise<void> {
    const [container] = pod.spec.containers;
    const status = {
      phase: 'Running',
      podIP: process.address,
      podIPs: [{ ip: process.address }],
      conditions: conditions(isReady),
      containerStatuses: [
        {
          name: container?.name,
          image: container?.image,
          imageID: '',
          ready: isReady,
          started: isReady,
          restartCount: 0,
          state: { running: {} },
        },
      ],
    };
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod.metadata.name}/status`;
    await this.cluster.merge(path, { status }).catch((error: unknown) => {
      // It may be gone by now.
      this.timeline.mark(`the status of ${pod.metadata.name} was refused: ${String(error)}`);
    });
  }

  /** Replaced at once, so that nobody reads half of it. */
  private publish(pool: string): void {
    if (this.isOver) return;
    const addresses = [...this.held.values()]
      .filter((held) => held.pool === pool)
      .map(({ process }) => `${process.address}:${String(process.port('pod'))}`);
    writeFileSync(`${this.source(pool)}.new`, JSON.stringify(addresses));
    renameSync(`${this.source(pool)}.new`, this.source(pool));
  }
}
