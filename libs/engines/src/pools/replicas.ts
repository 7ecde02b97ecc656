import type { IncomingMessage } from 'node:http';
import { ServingError } from '@medserve/errors';
import type { PoolEndpoints, PoolStats } from '../generation/pool-endpoints';
import { LateError, PoolConnection, readAll, UnreachableError, type PoolQuestion } from './pool-connection';
import { chooseReplica, looked, newReplica, refused, vanished, type Replica, type ReplicaHealth } from './replica';
import { loadIn } from './replica-load';

/** How an API tells whether a server takes requests. */
export type HealthCheck = (get: (path: string) => Promise<number>) => Promise<ReplicaHealth>;

const LOOK_EVERY_MS = 5_000;
const LOOK_WITHIN_MS = 3_000;
const MAX_METRICS_BYTES = 4 * 2 ** 20;
const RETRY_AFTER_MS = 2_000;

export type Ask = Omit<PoolQuestion, 'withinMs'> & { readonly affinity?: number | undefined };

const isRefusal = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode === 503 || statusCode === 429;

/** The servers of a pool: who takes requests, how busy each is, and which one gets the next. */
export class Replicas {
  private readonly connection: PoolConnection;
  private readonly known: Map<string, Replica>;
  private readonly closing = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly endpoints: PoolEndpoints,
    private readonly isHealthy: HealthCheck,
  ) {
    this.connection = new PoolConnection(endpoints);
    this.known = new Map(endpoints.replicas.map((url) => [url, newReplica(url)]));
    this.timer = setInterval(() => void this.lookAround(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** Asks every server how it is; also done every five seconds. */
  lookAround(): Promise<void> {
    this.looking ??= Promise.all(this.endpoints.replicas.map((url) => this.look(url))).then(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  /**
   * Sends a request to one server, and once to another when the first was not there or takes nothing: nothing was begun by then.
   *
   * @returns the head of the answer, which may be a refusal; its body belongs to whoever asked
   * @throws ServingError `unavailable`, `overloaded`, `deadline_exceeded`; the signal's reason
   */
  async ask({ affinity, ...question }: Ask): Promise<IncomingMessage> {
    const first = chooseReplica(this.all(), affinity) ?? (await this.chooseAnew(affinity));
    question.signal.throwIfAborted();
    let refusal: IncomingMessage | undefined;
    try {
      const answer = await this.send(first.url, question);
      if (!isRefusal(answer)) return answer;
      refusal = answer;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw this.failure(error);
    }
    const second = chooseReplica(this.all(), affinity, first.url);
    if (!second && refusal) return refusal;
    refusal?.destroy();
    const other = second ?? (await this.chooseAnew(affinity, first.url));
    question.signal.throwIfAborted();
    return this.send(other.url, question).catch((error: unknown) => {
      throw this.failure(error);
    });
  }

  /** Asks one server after the other until one answers. @returns status and body; `undefined`: none answered */
  async get(
    path: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<{ status: number; body: Buffer } | undefined> {
    for (const url of this.endpoints.replicas) {
      try {
        return await this.fetchWhole(url, path, maxBytes, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof UnreachableError)) throw error;
      }
    }
    return undefined;
  }

  stats(): PoolStats {
    const all = this.all();
    const count = (health: ReplicaHealth) => all.filter((replica) => replica.health === health).length;
    const told = (of: (replica: Replica) => number | undefined) => all.map(of).filter((value) => value !== undefined);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const running = told(({ load }) => load.running);
    const waiting = told(({ load }) => load.waiting);
    const usage = told(({ load }) => load.cacheUsage);
    return {
      serving: count('serving'),
      draining: count('draining'),
      gone: count('gone'),
      ...(running.length > 0 && { running: sum(running) }),
      ...(waiting.length > 0 && { waiting: sum(waiting) }),
      ...(usage.length > 0 && { cacheUsage: Math.max(...usage) }),
    };
  }

  close(): void {
    clearInterval(this.timer);
    this.closing.abort();
    this.connection.close();
  }

  private all(): Replica[] {
    return [...this.known.values()];
  }

  private update(url: string, change: (replica: Replica) => Replica): void {
    const replica = this.known.get(url);
    if (replica) this.known.set(url, change(replica));
  }

  /** What was known is up to five seconds old: with nobody left, it is worth another look. */
  private async chooseAnew(affinity: number | undefined, avoided?: string): Promise<Replica> {
    await this.lookAround();
    const chosen = chooseReplica(this.all(), affinity, avoided);
    if (chosen) return chosen;
    if (this.all().some(({ health }) => health === 'draining')) {
      throw new ServingError('overloaded', 'The servers of the pool take no requests at the moment.', {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    throw new ServingError('unavailable', 'No server of the pool answers.', { retryAfterMs: RETRY_AFTER_MS });
  }

  private async send(url: string, question: Omit<Ask, 'affinity'>): Promise<IncomingMessage> {
    this.update(url, (replica) => ({ ...replica, inFlight: replica.inFlight + 1 }));
    const over = (): void => {
      this.update(url, (replica) => ({ ...replica, inFlight: replica.inFlight - 1 }));
    };
    try {
      const answer = await this.connection.ask(url, { ...question, withinMs: this.endpoints.firstByteMs ?? 600_000 });
      answer.once('close', over);
      if (answer.statusCode === 503) this.update(url, refused);
      return answer;
    } catch (error) {
      over();
      if (error instanceof UnreachableError) this.update(url, vanished);
      throw error;
    }
  }

  private failure(error: unknown): unknown {
    if (error instanceof UnreachableError) {
      return new ServingError('unavailable', 'No server of the pool answers.', {
        retryAfterMs: RETRY_AFTER_MS,
        cause: error,
      });
    }
    if (error instanceof LateError) {
      return new ServingError('deadline_exceeded', 'The server of the pool did not begin its answer in time.', {
        limit: `time to first byte: ${String(this.endpoints.firstByteMs ?? 600_000)} ms`,
        cause: error,
      });
    }
    return error;
  }

  private async look(url: string): Promise<void> {
    const signal = this.closing.signal;
    const found = await this.isHealthy(async (path) => {
      const { status } = await this.fetchWhole(url, path, MAX_METRICS_BYTES, signal);
      return status;
    }).catch(() => undefined);
    if (signal.aborted) return;
    this.update(url, (replica) => looked(replica, found));
    if (found !== 'serving') return;
    const metrics = await this.fetchWhole(url, '/metrics', MAX_METRICS_BYTES, signal).catch(() => undefined);
    const load = metrics?.status === 200 ? loadIn(metrics.body.toString('utf8')) : {};
    this.update(url, (replica) => ({ ...replica, load }));
  }

  private async fetchWhole(
    url: string,
    path: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<{ status: number; body: Buffer }> {
    const withinMs = Math.min(LOOK_WITHIN_MS, this.endpoints.firstByteMs ?? LOOK_WITHIN_MS);
    // Of the whole, not only of its head: a server that sends a byte an hour is not there either.
    const limited = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    try {
      const answer = await this.connection.ask(url, { method: 'GET', path, signal: limited, withinMs });
      try {
        return { status: answer.statusCode ?? 0, body: await readAll(answer, maxBytes) };
      } finally {
        answer.destroy();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw new UnreachableError(error);
    }
  }
}
