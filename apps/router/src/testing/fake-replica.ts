import { RequestClass } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { decodeFrame, failureFrame, type CatalogueEntry, type IncomingRequest } from '@medserve/rpc';
import { hashText, OUTLIER_RULES, RetryBudget } from '@medserve/serving';
import { catalogueEntry } from '@medserve/testkit';
import { Pool } from '../pool';
import { poolTerms } from './pool-terms';
import { ScalingPool } from '../demand/scaling-pool';
import type { Replica } from '../replica';
import { risingProgress } from '../rising-progress';
import type { RouterObserver } from '../settings';
import { Traffic } from '../traffic';

export type Exchange = (id: string, onProgress: (frame: Buffer) => void) => Buffer | Promise<Buffer>;

export const NO_PLACE = new ServingError('overloaded', 'All places are taken.', {
  limit: 'requests waiting for one model: 8',
});
export const TOO_LATE = new ServingError('overloaded', 'The request cannot be answered before its deadline.');
const ENTRY = catalogueEntry('m', { state: 'ready' });
export const refuseWith =
  (error: ServingError): Exchange =>
  (id) =>
    failureFrame(id, error).toBuffer();

/** A replica whose host answers at once. */
export function fakeReplica(pod: string, answer: Exchange, more: Partial<Replica> = {}) {
  const learned: boolean[] = [];
  /** Latencies that were noted without a limit being learned of them. */
  const noted: (number | undefined)[] = [];
  const observed: boolean[] = [];
  const sent: string[] = [];
  const settle: { open: () => void; fail: (error: Error) => void } = { open: () => undefined, fail: () => undefined };
  const exchange = (id: string, _bytes: Buffer, { onProgress }: { onProgress: (frame: Buffer) => void }) => {
    sent.push(id);
    return Promise.resolve(answer(id, onProgress));
  };
  const state = {
    pod,
    podHash: hashText(pod),
    reachable: true,
    digest: ENTRY.digest,
    state: 'ready',
    link: 'up',
    limit: 4,
    capacity: 1,
    ejectedUntilMs: 0,
    latencyMs: 5,
    scaling: new ScalingPool(poolTerms(), new Traffic().observer),
    expectedLoadMs: 0,
    openingSinceMs: undefined,
    host: { stream: { exchange, connected: true }, inFlight: 0 },
    openings: 0,
    get inFlight() {
      return state.host.inFlight;
    },
    becameReady: () => false,
    open: () => {
      state.openings += 1;
      state.link = 'opening';
      return new Promise<void>((resolve, reject) => {
        settle.open = () => {
          state.link = 'up';
          resolve();
        };
        settle.fail = (error) => {
          state.link = 'none';
          reject(error);
        };
      });
    },
    drop: (host: unknown) => {
      if (host === state.host) state.link = 'none';
    },
    learn: (_latencyMs: number, refused: boolean) => learned.push(refused),
    noteLatency: (latencyMs: number | undefined) => noted.push(latencyMs),
    observe: (failed: boolean) => {
      observed.push(failed);
      return false;
    },
  };
  Object.assign(state, more);
  return { replica: state as unknown as Replica, state, learned, noted, observed, sent, settle };
}

/** A pool of them, and what asks it. */
export function poolOf(
  replicas: readonly { replica: Replica }[],
  maxQueue = 10,
  observer: Partial<RouterObserver> = {},
  entry: CatalogueEntry = ENTRY,
  isExpected = false,
) {
  const retries = new RetryBudget();
  const first = jest.spyOn(retries, 'first');
  const traffic = new Traffic(observer);
  const scaling = new ScalingPool(poolTerms({ waiting: { requests: maxQueue, forMs: 60_000 } }), traffic.observer);
  for (const { replica } of replicas) replica.scaling = scaling;
  const pool = new Pool(entry, scaling, { outliers: OUTLIER_RULES, retries, traffic, random: () => 0 });
  pool.update(
    entry,
    replicas.map(({ replica }) => replica),
    scaling,
    isExpected,
  );
  const phases: string[] = [];
  const percents: number[] = [];
  const parts: string[] = [];
  const ask = (affinityKey = '', wantsDeltas = false, wantsProgress = true, bytes = Buffer.alloc(0)) => {
    const routing = {
      requestClass: RequestClass.ROUTINE,
      tenant: 't',
      affinityKey,
      wantsProgress,
      wantsDeltas,
      costUnits: 0,
    };
    const request = {
      id: affinityKey || 'r',
      routing,
      bytes,
      receivedAtMs: performance.now(),
      deadlineAtMs: performance.now() + 86_400_000,
      signal: new AbortController().signal,
      progress: (phase: string, percent: number) => {
        phases.push(phase);
        percents.push(percent);
      },
      forward: (frame: Buffer) => {
        const { body } = decodeFrame(frame);
        if (body?.$case === 'progress') percents.push(body.value.percent);
        if (body?.$case === 'delta') parts.push(body.value.deltaJson);
      },
    };
    return pool.serve(risingProgress(request as unknown as IncomingRequest));
  };
  return { pool, scaling, ask, first, phases, percents, parts };
}
