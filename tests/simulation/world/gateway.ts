import { CLASSES, UNKNOWN_RATE, type ArrivalRules, type Class } from '@medserve/serving';
import type { ModelDatabase } from './database';
import type { Parts } from './parts';
import type { ModelRecords } from './records';
import type { ModelRouter } from './router';
import { Life, type Simulation } from './simulation';
import type { Watch } from './watch';

/** What a client asks. */
export interface Ask {
  readonly key: string | undefined;
  readonly class: Class;
  readonly tenant: string;
  readonly withinMs: number;
}

export type Reply =
  | { readonly kind: 'answer'; readonly id: string; readonly bytes: string }
  | { readonly kind: 'refused' | 'broken' };

const PLACES: ArrivalRules = { placesPerModel: 6, places: 8 };
const LEASE_MARGIN_MS = 300;
const LOOK_EVERY_MS = 15;
const PAUSE_MS = 30;

/** The road of a request as a gateway goes it: ACCEPTED, dispatch, COMPLETED, answer. It dies and comes back. */
export class ModelGateway {
  private life = new Life();
  private count = 0;
  private readonly ofClass = new Map<Class, number>();
  private readonly waiting = new Set<(reply: Reply) => void>();
  private born = 0;

  constructor(
    private readonly name: string,
    private readonly world: {
      readonly simulation: Simulation;
      readonly database: ModelDatabase;
      readonly records: ModelRecords;
      readonly router: ModelRouter;
      readonly parts: Parts;
      readonly watch: Watch;
    },
  ) {}

  get isDown(): boolean {
    return this.life.isOver;
  }

  /** kill -9: its callers see their connections break. */
  crash(): void {
    this.life.isOver = true;
    for (const tell of [...this.waiting]) tell({ kind: 'broken' });
    this.waiting.clear();
  }

  restart(): void {
    this.life = new Life();
    this.count = 0;
    this.ofClass.clear();
  }

  ask(ask: Ask): Promise<Reply> {
    if (this.life.isOver) return Promise.resolve({ kind: 'broken' });
    const { watch } = this.world;
    return new Promise((resolve) => {
      this.waiting.add(resolve);
      void this.handle(ask, this.life).then((reply) => {
        this.waiting.delete(resolve);
        if (reply.kind === 'answer') watch.answered(ask.key, reply.id, reply.bytes);
        resolve(reply);
      });
    });
  }

  private async handle(ask: Ask, life: Life): Promise<Reply> {
    if (!this.isAdmitted(ask.class, ask.withinMs)) {
      this.world.watch.judged((other) => this.isAdmitted(other, ask.withinMs), ask.class);
      return { kind: 'refused' };
    }
    this.enter(ask.class, 1);
    const reply = await this.road(ask, life);
    this.enter(ask.class, -1);
    return reply;
  }

  private isAdmitted(name: Class, leftMs: number): boolean {
    const ahead = CLASSES.slice(0, CLASSES.indexOf(name) + 1).reduce(
      (sum, one) => sum + (this.ofClass.get(one) ?? 0),
      0,
    );
    const state = { ofModel: this.count, ofAll: this.count, ahead, rate: UNKNOWN_RATE };
    return this.world.parts.judgeArrival(state, name, leftMs, PLACES).kind === 'admitted';
  }

  private enter(name: Class, change: 1 | -1): void {
    this.count += change;
    this.ofClass.set(name, (this.ofClass.get(name) ?? 0) + change);
  }

  private async road(ask: Ask, life: Life): Promise<Reply> {
    const { simulation, records, router } = this.world;
    const id = `${this.name}-${String(this.born++)}`;
    const deadlineAtMs = simulation.nowMs + ask.withinMs;
    const acceptance = await records.accept(life, id, ask.key, ask.withinMs + LEASE_MARGIN_MS).catch(() => undefined);
    // Whether it is on record nobody knows: if it is, its lease ends it.
    if (acceptance === undefined) return { kind: 'refused' };
    if (acceptance.kind === 'replay') return this.replay(acceptance.id, deadlineAtMs, life);
    const { class: name, tenant } = ask;
    const outcome = await router.dispatch(life, { request: id, class: name, tenant, cost: 1, deadlineAtMs });
    if (outcome.kind === 'failed') return this.fail(id, outcome.reason, life);
    return this.complete(id, outcome.answer, life);
  }

  private async complete(id: string, answer: string, life: Life): Promise<Reply> {
    const { records, parts } = this.world;
    const finish = () => records.finish(life, id, 'completed', `${id}/completed`, answer);
    const recording = finish().catch(finish);
    if (!parts.answersWaitForRecord) {
      recording.catch(() => undefined);
      return { kind: 'answer', id, bytes: answer };
    }
    const outcome = await recording.catch(() => undefined);
    if (outcome === undefined) return this.fail(id, 'unavailable', life);
    return outcome === 'recorded' ? { kind: 'answer', id, bytes: answer } : this.recorded(id);
  }

  private async fail(id: string, reason: string, life: Life): Promise<Reply> {
    const { records } = this.world;
    const finish = () => records.finish(life, id, 'failed', `${id}/failed`, reason);
    const outcome = await finish().catch(() => undefined);
    if (outcome === undefined) {
      void this.insist(finish, life);
      return { kind: 'refused' };
    }
    // The commit of an answer can be reported as failed and have succeeded: what is on record is what the caller gets.
    return outcome === 'superseded' ? this.recorded(id) : { kind: 'refused' };
  }

  private async insist(finish: () => Promise<unknown>, life: Life): Promise<void> {
    for (let isDone = false; !isDone;) {
      await this.world.simulation.sleep(PAUSE_MS, life);
      isDone = await finish().then(
        () => true,
        () => false,
      );
    }
  }

  private recorded(id: string): Reply {
    const row = this.world.database.requests.get(id);
    return row?.status === 'completed' && row.result !== undefined
      ? { kind: 'answer', id, bytes: row.result }
      : { kind: 'refused' };
  }

  private async replay(id: string, deadlineAtMs: number, life: Life): Promise<Reply> {
    const { simulation, database } = this.world;
    while (simulation.nowMs < deadlineAtMs) {
      const status = database.isDown ? undefined : database.requests.get(id)?.status;
      if (status !== undefined && status !== 'accepted') return this.recorded(id);
      await simulation.sleep(LOOK_EVERY_MS, life);
    }
    return { kind: 'refused' };
  }
}
