import { ServingError } from '@medserve/errors';
import type { HostReport } from '@medserve/serving';
import type { HostServing } from '../../host/messages';
import type { LoadOrder, ModelHost } from '../model-host';

const MIB = 2 ** 20;

/** A model host without a process: loads when the test says so, and says what the test says. */
export class FakeHost implements ModelHost {
  alive = true;
  report: HostReport | undefined;
  residentBytes = 0;
  onReport: () => void = () => undefined;
  onWriting: ModelHost['onWriting'] = () => undefined;
  onSpans: ModelHost['onSpans'] = () => undefined;
  order: LoadOrder | undefined;
  /** How it was asked to end. */
  drained: { readonly graceMs: number; readonly handBack: boolean } | undefined;
  readonly exited: Promise<void>;
  readonly turnsAway: Promise<void>;
  private exit: () => void = () => undefined;
  private turnAway: () => void = () => undefined;
  private settle: ((outcome: HostServing | ServingError) => void) | undefined;

  constructor(
    readonly pid: number,
    private readonly hosts: FakeHosts,
  ) {
    this.exited = new Promise((resolve) => {
      this.exit = resolve;
    });
    this.turnsAway = new Promise((resolve) => {
      this.turnAway = resolve;
    });
  }

  async load(order: LoadOrder): Promise<HostServing> {
    this.order = order;
    const outcome = new Promise<HostServing | ServingError>((resolve) => {
      this.settle = resolve;
    });
    if (!this.hosts.held) this.finishLoading();
    const result = await outcome;
    if (!(result instanceof ServingError)) return result;
    this.kill();
    throw result;
  }

  finishLoading(error?: ServingError): void {
    const { order, pid } = this;
    this.says({});
    this.settle?.(
      error ?? {
        kind: 'serving',
        address: `host:${String(pid)}`,
        digest: order?.known.digest ?? '',
        inputs: [],
        outputs: [],
        loadedInMs: 1,
      },
    );
  }

  /** Reports these figures; what is left out is that of an idle host that was used just now. */
  says(change: Partial<HostReport>): void {
    const nowMs = performance.now();
    this.report = {
      heardAtMs: nowMs,
      inFlight: 0,
      queued: 0,
      lastUsedAtMs: nowMs,
      residentBytes: 100 * MIB,
      ...change,
    };
    this.holds(this.report.residentBytes);
  }

  /** Reports its memory, as it does before it has its model. */
  holds(residentBytes: number): void {
    this.residentBytes = residentBytes;
    this.onReport();
  }

  drain(graceMs: number, handBack = false): Promise<void> {
    this.drained = { graceMs, handBack };
    if (!this.hosts.deaf) this.turnAway();
    if (this.hosts.linger || this.hosts.deaf) setTimeout(this.kill.bind(this), graceMs);
    else this.kill();
    return this.exited;
  }

  /** Takes nothing new from now on. */
  hears(): void {
    this.turnAway();
  }

  /** Ends it as if its process had been killed. */
  kill(): void {
    this.alive = false;
    this.turnAway();
    this.settle?.(new ServingError('unavailable', 'The process of the model ended while it was loading.'));
    this.exit();
  }
}

/** All hosts that a pod started, in the order of their orders to load. */
export class FakeHosts {
  /** Whether loads wait for `finishLoading`. */
  held = false;
  /** Whether hosts that are asked to end go on with what they have begun until their time is over. */
  linger = false;
  /** Whether hosts that are asked to end do not know it before the test says so. */
  deaf = false;
  private readonly all: FakeHost[] = [];

  readonly spawn = (): ModelHost => {
    const host = new FakeHost(this.all.length + 1, this);
    this.all.push(host);
    return host;
  };

  /** How many processes there would be. */
  get alive(): number {
    return this.all.filter(({ alive }) => alive).length;
  }

  /** Hosts that were told to load this model, oldest first. */
  of(name: string): FakeHost[] {
    return this.all.filter(({ order }) => order?.package.folder.split('/').includes(name));
  }
}
