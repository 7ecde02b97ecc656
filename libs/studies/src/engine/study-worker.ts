import { failpoint } from '@medserve/runtime/failpoints';
import { isComplete, strictest } from '../is-complete';
import { candidateRoutes } from '../routes/choose-routes';
import type { Route } from '../routes/route-schema';
import type { WhyNot } from '../routes/why-not';
import type { StudyFacts } from '../study-facts';
import { backOffMs } from './back-off';
import { judgeDeliveries, nextStep } from './next-step';
import { planStudy } from './plan-study';
import {
  LostLeaseError,
  type Inferred,
  type RunEnd,
  type StudyArchive,
  type StudyInference,
  type StudyObserver,
  type StudyResults,
  type StudyStore,
} from './ports';
import { isEnded, type StudyPlan, type StudyRun, type StudyState, type StudyWork } from './study-work';

export interface StudyWorkerParts {
  readonly store: StudyStore;
  readonly archive: StudyArchive;
  readonly inference: StudyInference;
  /** Another one each time a generation is worked on: it is gone with what it read ahead. */
  readonly results: () => StudyResults;
  readonly observer: StudyObserver;
  readonly routes: readonly Route[];
  /** Names of all that a tenant's results are to be sent to. */
  readonly destinations: (tenant: string, deliver: StudyPlan['deliver']) => readonly string[];
  readonly random: () => number;
}

/** A count in a header is seen so soon, though the quiet has to last longer. Where no header counts, there is less to be seen. */
const LOOK_MS = 2_000;
const UNCOUNTED_LOOK_MS = 5_000;
/** Whoever settles the last delivery has its study looked at; this is for what nobody thought of. */
const DELIVERIES_MS = 300_000;
/** At a minute each, the better part of a day: a platform that is down over night loses nothing. */
const MOST_WAITS = 1_000;
/** Of a mistake of ours, which does not go away by itself. */
const MOST_FAILURES = 8;
/** Of those who worked on it and were heard of no more: a study that ends its process does so each time. */
const MOST_LOSSES = 5;

/** What is next: whatever the store says, what is known to stand there, or nothing: it is let go of. */
type Stand = 'go on' | StudyWork | 'let go';

/** With what a generation is worked on. */
interface Hand {
  readonly signal: AbortSignal;
  /** Whether nothing that is due waits for its place. */
  readonly hasRoom: () => boolean;
  readonly results: StudyResults;
}

/** Brings a generation that it holds as far as it can: step by step, each of which is on disk before the next. */
export class StudyWorker {
  constructor(private readonly parts: StudyWorkerParts) {}

  /**
   * Resolves when the generation has ended, waits, or is somebody else's. It is let go of then.
   *
   * @param hasRoom whether nothing that is due waits for its place
   */
  async advance(first: StudyWork, signal: AbortSignal, hasRoom: () => boolean): Promise<void> {
    const { store, observer } = this.parts;
    const hand: Hand = { signal, hasRoom, results: this.parts.results() };
    let work = first;
    try {
      if (isLosing(work)) {
        await this.end(work, 'failed', LOSING);
        return;
      }
      for (;;) {
        const stand = await this.step(work, hand);
        if (stand === 'let go') return;
        signal.throwIfAborted();
        work = stand === 'go on' ? await store.read(work) : stand;
      }
    } catch (error) {
      if (error instanceof LostLeaseError) return;
      // Whoever ends the engine, or took the generation, goes on with it elsewhere.
      if (signal.aborted) return store.handBack(work).catch(() => undefined);
      observer.failed(nextStep(work).do, error);
      await this.putOff(work, error).catch((lost: unknown) => {
        if (!(lost instanceof LostLeaseError)) observer.failed('release', lost);
      });
    }
  }

  private step(work: StudyWork, hand: Hand): Promise<Stand> {
    const step = nextStep(work);
    switch (step.do) {
      case 'look':
        return this.look(work, hand);
      case 'run':
        return this.run(work, step.run, hand);
      case 'infer-end':
        return this.inferEnd(work);
      case 'fail':
        return this.end(work, 'failed', step.why);
      case 'make-results':
        return this.makeResults(work, hand);
      case 'watch-deliveries':
        return this.watchDeliveries(work);
      case 'nothing':
        return this.letGo(work, 0);
    }
  }

  private async look(work: StudyWork, { hasRoom }: Hand): Promise<Stand> {
    const { store, archive, routes, observer } = this.parts;
    const facts = await archive.facts(work);
    const policy = strictest(candidateRoutes(routes, facts).map(({ complete }) => complete));
    const nowMs = work.now.getTime();
    const arrivals = {
      firstAtMs: work.firstAt.getTime(),
      lastAtMs: Math.max(work.lastAt.getTime(), facts.batchEndedAtMs ?? 0),
      goAtMs: work.goAt?.getTime(),
    };
    const verdict = isComplete(arrivals, facts, policy, nowMs);
    if (!verdict.isComplete) return this.letGo(work, Math.min(verdict.lookAtMs - nowMs, lookMs(facts)));
    const completion = planStudy(routes, facts, verdict.because, await store.runsBefore(work));
    await failpoint('studies.before-complete');
    if (!(await store.complete(work, work.arrivals, completion))) return this.letGo(work, 0);
    await failpoint('studies.after-complete');
    const state = completion.why === undefined ? 'complete' : 'skipped';
    observer.changed(completion.plan.routes, state);
    if (state === 'skipped') observer.ended(completion.plan.routes, secondsSince(work));
    // How urgent it is was not known until now: who takes it next knows. Where nobody waits, that would be the same one.
    if (state === 'skipped' || !hasRoom()) return this.letGo(work, 0);
    return { ...work, state, attempts: 0, plan: completion.plan, runs: completion.runs };
  }

  private async run(work: StudyWork, run: StudyRun, { signal, results }: Hand): Promise<Stand> {
    const { store, inference, observer } = this.parts;
    if (work.state === 'complete') observer.changed(work.plan.routes, 'inferring');
    const begun = store.begin(work, run).then(() => failpoint('studies.before-run'));
    const asked = (): void => {
      results.ahead(work, run);
    };
    const inferred = await bothOf(begun, inference.infer(work, run, signal, { begun, asked }));
    await failpoint('studies.after-run');
    const end = endOf(run, inferred);
    if (end !== undefined) return this.endRun(work, run, end);
    const { reason, afterMs } = inferred as Extract<Inferred, { kind: 'later' }>;
    await store.release(work, backOffMs(work.attempts + 1, this.parts.random, afterMs), { reason });
    return 'let go';
  }

  private async endRun(work: StudyWork, run: StudyRun, end: RunEnd): Promise<Stand> {
    const runs = work.runs.map((one) => (one === run ? { ...one, ...end } : one));
    if (nextStep({ ...work, runs }).do === 'infer-end') return this.inferEnd({ ...work, runs }, { run, end });
    await this.parts.store.endRun(work, run, end);
    return 'go on';
  }

  private async inferEnd(work: StudyWork, last?: { readonly run: StudyRun; readonly end: RunEnd }): Promise<Stand> {
    const inferredAt = await this.parts.store.inferred(work, last);
    this.parts.observer.changed(work.plan.routes, 'inferred');
    return { ...work, state: 'inferred', attempts: 0, inferredAt };
  }

  private async makeResults(work: StudyWork, { signal, results }: Hand): Promise<Stand> {
    const { store, observer, destinations } = this.parts;
    await failpoint('studies.before-results');
    const made = await results.make(work, signal);
    await failpoint('studies.after-results');
    await store.exporting(work, made, destinations(work.tenant, work.plan.deliver), DELIVERIES_MS);
    await failpoint('studies.after-export');
    observer.changed(work.plan.routes, 'exporting');
    return 'let go';
  }

  private async watchDeliveries(work: StudyWork): Promise<Stand> {
    const verdict = judgeDeliveries(await this.parts.store.deliveries(work));
    if (verdict === 'wait') return this.letGo(work, DELIVERIES_MS);
    if (verdict === 'exported') return this.end(work, 'exported');
    return this.end(work, 'failed', verdict);
  }

  private async end(work: StudyWork, state: Extract<StudyState, 'exported' | 'failed'>, why?: WhyNot): Promise<Stand> {
    await this.parts.store.end(work, state, why);
    this.parts.observer.changed(work.plan.routes, state);
    this.parts.observer.ended(work.plan.routes, secondsSince(work));
    return 'let go';
  }

  private async letGo(work: StudyWork, afterMs: number): Promise<Stand> {
    await this.parts.store.release(work, afterMs);
    return 'let go';
  }

  /** After a mistake of ours, or while what we need is away. */
  private async putOff(work: StudyWork, error: unknown): Promise<void> {
    const { store, random } = this.parts;
    const attempts = work.attempts + 1;
    if (attempts >= MOST_FAILURES && !isPassing(error)) {
      await this.end(work, 'failed', hopeless(work, reasonOf(error)));
      return;
    }
    await store.release(work, backOffMs(attempts, random), { reason: reasonOf(error) });
  }
}

/** What has its results is not given up: nothing but their deliveries is waited for. */
const isLosing = ({ state, losses }: StudyWork): boolean =>
  losses >= MOST_LOSSES && !isEnded(state) && state !== 'exporting';

const LOSING: WhyNot = {
  code: 'ends_its_worker',
  says: `whoever worked on it was heard of no more, ${String(MOST_LOSSES)} times in a row`,
};

/** Of two that go on at once, neither is left behind; what `first` failed of is told. */
async function bothOf<T>(first: Promise<void>, second: Promise<T>): Promise<T> {
  await Promise.allSettled([first, second]);
  await first;
  return second;
}

const lookMs = ({ expected, series }: StudyFacts): number =>
  expected === undefined && series.every((one) => one.expected === undefined) ? UNCOUNTED_LOOK_MS : LOOK_MS;

const secondsSince = ({ firstAt, now }: StudyWork): number => (now.getTime() - firstAt.getTime()) / 1_000;

function endOf(run: StudyRun, inferred: Inferred): RunEnd | undefined {
  switch (inferred.kind) {
    case 'answered':
      return { state: 'answered', request: inferred.request };
    case 'failed':
      return { ...inferred, state: 'failed' };
    case 'not_served':
      return { state: run.isOptional ? 'skipped' : 'failed', reason: inferred.reason };
    case 'later':
      return run.attempts >= MOST_WAITS ? { state: 'failed', reason: inferred.reason } : undefined;
  }
}

const hopeless = ({ state }: StudyWork, reason: string): WhyNot =>
  state === 'inferred'
    ? { code: 'results_failed', says: `its results could not be made: ${reason}` }
    : { code: 'unreadable', says: `what it takes could not be read: ${reason}` };

/** A ServingError says its reason; it is asked for by its shape, since anything may be thrown here. */
const reasonOf = (error: unknown): string => {
  const reason = (error as { readonly reason?: unknown } | undefined)?.reason;
  return typeof reason === 'string' ? reason : 'internal';
};

const isPassing = (error: unknown): boolean => ['unavailable', 'overloaded'].includes(reasonOf(error));
