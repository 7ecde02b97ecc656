import { LostLeaseError, type RunEnd, type StudyStore } from '../engine/ports';
import {
  NO_PLAN,
  type Completion,
  type GenerationKey,
  type HeldGeneration,
  type StudyDelivery,
  type StudyResult,
  type StudyRun,
  type StudyState,
  type StudyWork,
} from '../engine/study-work';
import type { WhyNot } from '../routes/why-not';

interface Kept {
  key: GenerationKey;
  token: number;
  leaseUntil: number;
  dueAt: number | undefined;
  state: StudyState;
  firstAt: number;
  lastAt: number;
  goAt?: number;
  inferredAt?: number;
  arrivals: number;
  attempts: number;
  losses: number;
  waitsFor?: string;
  why?: WhyNot;
  completion?: Completion;
  runs: StudyRun[];
  results: readonly StudyResult[];
  deliveries: StudyDelivery[];
}

const ENDED: readonly StudyState[] = ['exported', 'skipped', 'failed'];

/** Generations of studies in memory, by a clock that stands until it is moved. */
export class InMemoryStudies implements StudyStore {
  private readonly kept: Kept[] = [];
  nowMs = 0;

  arrive(studyUid: string, count = 1): void {
    const latest = this.of(studyUid).at(-1);
    if (latest?.state === 'receiving') {
      latest.arrivals += count;
      latest.lastAt = this.nowMs;
      return;
    }
    this.kept.push({
      key: { tenant: 'north', studyUid, generation: (latest?.key.generation ?? 0) + 1 },
      token: 0,
      leaseUntil: 0,
      dueAt: this.nowMs,
      state: 'receiving',
      firstAt: this.nowMs,
      lastAt: this.nowMs,
      arrivals: count,
      attempts: 0,
      losses: 0,
      runs: [],
      results: [],
      deliveries: [],
    });
  }

  go(studyUid: string): void {
    const latest = this.of(studyUid).at(-1);
    if (latest === undefined) return;
    latest.goAt = this.nowMs;
    latest.dueAt = this.nowMs;
  }

  /** As another engine would, whose lease is new. */
  seize(studyUid: string): void {
    for (const one of this.of(studyUid)) one.token += 1;
  }

  settle(studyUid: string, state: StudyDelivery['state']): void {
    for (const one of this.of(studyUid)) {
      one.deliveries = one.deliveries.map((delivery) => ({ ...delivery, state }));
      if (one.state === 'exporting') one.dueAt = this.nowMs;
    }
  }

  /** As if so many who held it had died with it. */
  lose(studyUid: string, times: number): void {
    for (const one of this.of(studyUid)) one.losses = times;
  }

  states(studyUid: string): string[] {
    return this.of(studyUid).map(({ state, why }) => (why === undefined ? state : `${state}: ${why.code}`));
  }

  find(studyUid: string): Kept | undefined {
    return this.of(studyUid).at(-1);
  }

  claim(_holder: string, limit: number, leaseMs: number, isExpress = false): Promise<readonly StudyWork[]> {
    const due = this.kept.filter(
      ({ dueAt, leaseUntil, state }) =>
        dueAt !== undefined &&
        dueAt <= this.nowMs &&
        leaseUntil <= this.nowMs &&
        (!isExpress || state === 'receiving' || state === 'exporting'),
    );
    return Promise.resolve(
      due.slice(0, limit).map((one) => {
        one.token += 1;
        one.leaseUntil = this.nowMs + leaseMs;
        return this.workOf(one);
      }),
    );
  }

  async renew(held: HeldGeneration, leaseMs: number): Promise<void> {
    (await this.held(held)).leaseUntil = this.nowMs + leaseMs;
  }

  async read(held: HeldGeneration): Promise<StudyWork> {
    return this.workOf(await this.held(held));
  }

  async release(held: HeldGeneration, afterMs: number, waits?: { readonly reason: string }): Promise<void> {
    const one = await this.held(held);
    one.leaseUntil = 0;
    one.losses = 0;
    one.attempts = waits === undefined ? 0 : one.attempts + 1;
    if (waits === undefined) delete one.waitsFor;
    else one.waitsFor = waits.reason;
    one.dueAt = ENDED.includes(one.state) ? undefined : this.nowMs + afterMs;
  }

  async handBack(held: HeldGeneration): Promise<void> {
    const one = await this.held(held);
    one.leaseUntil = 0;
    one.dueAt = this.nowMs;
  }

  async complete(held: HeldGeneration, arrivals: number, completion: Completion): Promise<boolean> {
    const one = await this.held(held);
    if (one.arrivals !== arrivals) return false;
    one.state = completion.why === undefined ? 'complete' : 'skipped';
    if (completion.why !== undefined) one.why = completion.why;
    one.completion = completion;
    one.runs = [...completion.runs];
    for (const older of this.of(held.studyUid)) {
      if (completion.why !== undefined || older === one || ENDED.includes(older.state) || older.state === 'exporting')
        continue;
      older.state = 'skipped';
      older.why = { code: 'superseded', says: '' };
      older.dueAt = undefined;
      older.token += 1;
    }
    return true;
  }

  async begin(held: HeldGeneration, run: StudyRun): Promise<void> {
    const one = await this.held(held);
    one.state = 'inferring';
    change(one, run, { attempts: run.attempts + 1 });
  }

  async endRun(held: HeldGeneration, run: StudyRun, end: RunEnd): Promise<void> {
    const one = await this.held(held);
    change(one, run, end);
    one.attempts = 0;
  }

  async inferred(held: HeldGeneration, last?: { readonly run: StudyRun; readonly end: RunEnd }): Promise<Date> {
    const one = await this.held(held);
    if (last !== undefined) change(one, last.run, last.end);
    one.state = 'inferred';
    one.attempts = 0;
    one.inferredAt ??= this.nowMs;
    return new Date(one.inferredAt);
  }

  async exporting(
    held: HeldGeneration,
    results: readonly StudyResult[],
    destinations: readonly string[],
    afterMs: number,
  ): Promise<void> {
    const one = await this.held(held);
    one.state = 'exporting';
    one.results = results;
    one.deliveries = destinations.map((destination) => ({ destination, state: 'waiting', attempts: 0 }));
    one.attempts = 0;
    one.leaseUntil = 0;
    one.dueAt = destinations.length === 0 ? this.nowMs : this.nowMs + afterMs;
  }

  deliveries(key: GenerationKey): Promise<readonly StudyDelivery[]> {
    return Promise.resolve(
      this.of(key.studyUid).find((one) => one.key.generation === key.generation)?.deliveries ?? [],
    );
  }

  async end(held: HeldGeneration, state: 'exported' | 'failed', why?: WhyNot): Promise<void> {
    const one = await this.held(held);
    one.state = state;
    one.dueAt = undefined;
    one.leaseUntil = 0;
    if (why !== undefined) one.why = why;
  }

  runsBefore({ studyUid, generation }: GenerationKey): Promise<readonly StudyRun[] | undefined> {
    const before = this.of(studyUid).findLast(
      (one) => one.key.generation < generation && ['inferred', 'exporting', 'exported'].includes(one.state),
    );
    return Promise.resolve(before?.runs);
  }

  private of(studyUid: string): Kept[] {
    return this.kept.filter(({ key }) => key.studyUid === studyUid);
  }

  private held({ studyUid, generation, token }: HeldGeneration): Promise<Kept> {
    const found = this.of(studyUid).find((one) => one.key.generation === generation);
    if (found?.token !== token) return Promise.reject(new LostLeaseError());
    return Promise.resolve(found);
  }

  private workOf(one: Kept): StudyWork {
    return {
      ...one.key,
      token: one.token,
      state: one.state,
      now: new Date(this.nowMs),
      firstAt: new Date(one.firstAt),
      lastAt: new Date(one.lastAt),
      arrivals: one.arrivals,
      attempts: one.attempts,
      losses: one.losses,
      plan: one.completion?.plan ?? NO_PLAN,
      runs: [...one.runs],
      ...(one.goAt === undefined ? {} : { goAt: new Date(one.goAt) }),
      ...(one.inferredAt === undefined ? {} : { inferredAt: new Date(one.inferredAt) }),
    };
  }
}

function change(one: Kept, { route, name }: StudyRun, changed: Partial<StudyRun>): void {
  one.runs = one.runs.map((run) => (run.route === route && run.name === name ? { ...run, ...changed } : run));
}
