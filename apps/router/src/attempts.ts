import { ServingError } from '@medserve/errors';
import type { IncomingRequest } from '@medserve/rpc';
import { mayEject, type OutlierRules } from '@medserve/serving';
import { cutOff, isReplicaFailure, isWithoutPlace, outcomeOf, outcomeOfError, type Outcome } from './outcome';
import { ReadAlong } from './read-along';
import type { Host, Replica } from './replica';
import type { Seat } from './seat';
import type { Traffic } from './traffic';

/** Those of whom one is tried. */
export interface Tried {
  /** Whether answers take as long as they are, so that only their beginning says how quick a replica is. */
  readonly writes: boolean;
  able(): readonly Replica[];
}

/** Tries of requests with replicas, and what is learned of these from each. */
export class Attempts {
  constructor(
    private readonly tried: Tried,
    private readonly options: { readonly outliers: OutlierRules; readonly traffic: Traffic },
  ) {}

  /** One try with one host. */
  async send({ replica, host }: Seat, request: IncomingRequest): Promise<Outcome> {
    const { id, bytes, signal } = request;
    const along = new ReadAlong(request, performance.now());
    let outcome: Outcome;
    try {
      // Between the place and the sending another answer may have told that the host is leaving.
      if (replica.host !== host) throw new ServingError('unavailable', 'The model host is gone.');
      const onProgress = (frame: Buffer): void => {
        along.forward(frame, performance.now());
      };
      outcome = outcomeOf(await host.stream.exchange(id, bytes, { signal, onProgress }));
    } catch (error) {
      outcome = outcomeOfError(error);
    }
    // Of all that a leaving host sends back, the first tells something.
    const isNews = replica.host === host;
    if (this.isGone(outcome, host)) replica.drop(host);
    if (along.hasBegun) outcome = cutOff(outcome);
    this.judge(replica, outcome, along, isNews);
    return outcome;
  }

  private isGone(outcome: Outcome, host: Host): boolean {
    if (outcome.kind === 'failed') return outcome.error.reason === 'inference_failed';
    if (outcome.kind !== 'untouched' || outcome.error.reason !== 'unavailable') return false;
    // Of a model that others run for us, it is mostly them who are away; a host that leaves says so, and its stream is over.
    return !this.tried.writes || !host.stream.connected;
  }

  private judge(replica: Replica, outcome: Outcome, along: ReadAlong, isNews: boolean): void {
    const reason = outcome.kind === 'answered' ? outcome.reason : outcome.error.reason;
    if (!isNews || reason === 'cancelled') return;
    const heldMs = performance.now() - along.sentAtMs;
    const { writes } = this.tried;
    if (writes) replica.noteLatency(along.firstPartMs);
    else if (reason === undefined) replica.learn(heldMs, false);
    if (outcome.kind === 'untouched' && isWithoutPlace(outcome.error)) replica.learn(heldMs, true);
    const silentMs = writes ? along.silentMs(performance.now()) : heldMs;
    const failed = isReplicaFailure(reason, silentMs, replica.latencyMs);
    const nowMs = performance.now();
    const { outliers, traffic } = this.options;
    if (!replica.observe(failed, nowMs, outliers)) return;
    const able = this.tried.able();
    const out = able.filter(({ ejectedUntilMs }) => ejectedUntilMs > nowMs).length;
    if (!mayEject(able.length, out, outliers)) return;
    replica.eject(nowMs, outliers);
    traffic.observer.onEjection();
  }
}
