import type { Cluster, Resource } from './cluster';
import { NAMESPACE } from './manifests';
import type { Timeline } from './timeline';

interface Deployment extends Resource {
  readonly spec: { readonly replicas?: number };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Pod extends Resource {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

export interface ScaledObject extends Resource {
  readonly status?: {
    readonly externalMetricNames?: readonly string[];
    readonly conditions?: readonly Condition[];
    readonly health?: Readonly<Record<string, { readonly numberOfFailures?: number; readonly status?: string }>>;
    readonly lastActiveTime?: string;
  };
}

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** A pool in the cluster, seen through watches; what changes goes into the timeline. */
export class WatchedPool {
  /** What somebody wants: `spec.replicas`. */
  replicas = 0;
  /** The most that was ever wanted since the last `forget`. */
  most = 0;
  /** The most pods that were ever ready at once since the last `forget`. */
  mostReady = 0;
  /** Every number that was wanted since the last `forget`. */
  wanted: number[] = [];
  readonly pods = new Map<string, Pod>();
  scaledObject: ScaledObject | undefined;
  private readonly component: string;
  private readonly closers: (() => void)[] = [];

  constructor(
    private readonly cluster: Cluster,
    readonly name: string,
    private readonly timeline: Timeline,
  ) {
    this.component = `pool-${name}`;
  }

  get readyPods(): Pod[] {
    return [...this.pods.values()].filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  }

  get ready(): number {
    return this.readyPods.length;
  }

  get isScaled(): boolean {
    return (this.scaledObject?.status?.externalMetricNames ?? []).length > 0;
  }

  get pending(): Pod[] {
    return [...this.pods.values()].filter(({ status }) => status?.phase === 'Pending');
  }

  forget(): void {
    this.most = this.replicas;
    this.mostReady = this.ready;
    this.wanted = [this.replicas];
  }

  condition(type: string): Condition | undefined {
    return this.scaledObject?.status?.conditions?.find((condition) => condition.type === type);
  }

  /** Makes it; resolves when KEDA follows it. */
  async create(manifests: readonly object[]): Promise<void> {
    this.watch();
    await this.cluster.apply(...manifests);
    await this.timeline.until(`KEDA follows ${this.name}`, () => this.isScaled);
  }

  /** Sees what becomes of it from now on. */
  watch(): void {
    const of = (group: string, plural: string): string => `/apis/${group}/namespaces/${NAMESPACE}/${plural}`;
    const named = `?fieldSelector=metadata.name%3D${this.component}`;
    this.closers.push(
      this.cluster.watch<Deployment>(of('apps/v1', 'deployments') + named, ({ object }) => {
        this.see(object.spec.replicas ?? 0);
      }),
      this.cluster.watch<ScaledObject>(of('keda.sh/v1alpha1', 'scaledobjects') + named, ({ type, object }) => {
        this.scaledObject = type === 'DELETED' ? undefined : object;
        this.timeline.wake();
      }),
      this.cluster.watch<Pod>(
        `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=medserve.io%2Fpool%3D${this.name}`,
        ({ type, object }) => {
          const before = this.ready;
          if (type === 'DELETED') this.pods.delete(object.metadata.name);
          else this.pods.set(object.metadata.name, object);
          this.mostReady = Math.max(this.mostReady, this.ready);
          if (this.ready === before) this.timeline.wake();
          else this.timeline.mark(`${this.name}: ${String(this.ready)} pods ready`);
        },
      ),
    );
  }

  /** Takes it away with its pods. */
  async remove(): Promise<void> {
    const path = (group: string, plural: string): string =>
      `/apis/${group}/namespaces/${NAMESPACE}/${plural}/${this.component}`;
    await this.cluster.remove(path('keda.sh/v1alpha1', 'scaledobjects'));
    await this.cluster.remove(path('apps/v1', 'deployments'), { propagationPolicy: 'Background' });
    await this.timeline.until(`${this.name} is gone`, () => this.pods.size === 0 && this.scaledObject === undefined);
    for (const close of this.closers.splice(0)) close();
  }

  private see(replicas: number): void {
    if (replicas === this.replicas) return;
    this.replicas = replicas;
    this.wanted.push(replicas);
    this.most = Math.max(this.most, replicas);
    this.timeline.mark(`${this.name}: spec.replicas ${String(replicas)}`);
  }
}
