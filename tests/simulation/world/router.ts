import type { RetryBudget } from '@medserve/serving';
import type { Job, Outcome } from './job';
import { Life, type Simulation } from './simulation';
import type { Parts } from './parts';
import type { Watch } from './watch';

interface Run {
  readonly job: Job;
  isBegun: boolean;
}

interface Replica {
  life: Life;
  run: Run | undefined;
}

const REPLICAS = 2;
const PLACES = 4;
const MOST_ATTEMPTS = 2;

/** A router over two replicas of one model, each with one place, that die and come back. */
export class ModelRouter {
  private readonly replicas: Replica[] = Array.from({ length: REPLICAS }, () => ({ life: new Life(), run: undefined }));
  private queue: ReturnType<Parts['newQueue']>;
  private readonly retries: Pick<RetryBudget, 'first' | 'take'>;
  private life = new Life();

  constructor(
    private readonly simulation: Simulation,
    private readonly parts: Parts,
    private readonly watch: Watch,
  ) {
    this.queue = parts.newQueue(PLACES);
    this.retries = parts.newRetries();
  }

  /** Settles once, unless the gateway dies before. */
  dispatch(gateway: Life, wanted: Omit<Job, 'gateway' | 'settle' | 'attempts'>): Promise<Outcome> {
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        this.simulation.after(1, () => {
          if (!gateway.isOver) resolve(outcome);
        });
      };
      const job = { ...wanted, gateway, settle, attempts: 0 };
      if (this.life.isOver) settle({ kind: 'failed', reason: 'unavailable' });
      else this.enlist(job);
    });
  }

  /** Everything in it is lost; to the gateways their stream broke. */
  crash(): void {
    this.life.isOver = true;
    for (const job of [...this.queue.inOrder()]) job.settle({ kind: 'failed', reason: 'unavailable' });
    for (const replica of this.replicas) {
      replica.run?.job.settle({ kind: 'failed', reason: 'inference_failed' });
      replica.run = undefined;
      replica.life.isOver = true;
      replica.life = new Life();
    }
  }

  restart(): void {
    this.life = new Life();
    this.queue = this.parts.newQueue(PLACES);
  }

  crashReplica(): void {
    const replica = this.replicas[this.simulation.between(0, REPLICAS - 1)]!;
    const { run } = replica;
    replica.life.isOver = true;
    replica.run = undefined;
    this.simulation.after(this.simulation.between(5, 50), () => {
      replica.life = new Life();
      this.pump();
    });
    if (run !== undefined) this.lost(run);
  }

  private lost({ job, isBegun }: Run): void {
    const mayRetry =
      job.attempts < MOST_ATTEMPTS && this.parts.mayRetry({ isBegun }) && this.retries.take(this.simulation.nowMs);
    if (mayRetry) this.enlist(job);
    else job.settle({ kind: 'failed', reason: 'inference_failed' });
  }

  private enlist(job: Job): void {
    const offer = this.queue.offer(job);
    if (offer.kind === 'refused') job.settle({ kind: 'failed', reason: 'overloaded' });
    if (offer.kind === 'evicted') {
      this.watch.evicted(offer.victim, job);
      offer.victim.settle({ kind: 'failed', reason: 'overloaded' });
    }
    this.pump();
  }

  private pump(): void {
    for (const replica of this.replicas) {
      if (replica.run !== undefined || replica.life.isOver) continue;
      const [job] = this.queue.inOrder();
      if (job === undefined) return;
      this.watch.taken(job, this.queue.inOrder());
      this.queue.take(job);
      if (job.deadlineAtMs <= this.simulation.nowMs) job.settle({ kind: 'failed', reason: 'deadline_exceeded' });
      else void this.run(replica, job);
    }
  }

  private async run(replica: Replica, job: Job): Promise<void> {
    const { simulation } = this;
    const { life } = replica;
    const run = { job, isBegun: false };
    replica.run = run;
    job.attempts += 1;
    this.retries.first(simulation.nowMs);
    // On its way there: a host that has not begun can be asked again elsewhere.
    await simulation.sleep(1, life);
    run.isBegun = true;
    const inference = this.watch.begun(job);
    await simulation.sleep(simulation.between(5, 40), life);
    replica.run = undefined;
    job.settle({ kind: 'answered', answer: `${job.request} ${String(inference)}` });
    this.pump();
  }
}
