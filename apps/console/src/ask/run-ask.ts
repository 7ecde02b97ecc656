import type { AnswerDocument } from '@medserve/clinical';
import { ApiError, problemOf, type StreamEvent } from '../api';
import { unreachable } from '../api/problem';
import type { Sent } from '../images/send-files';
import type { AskEvent } from './ask-state';

/** What is asked, of which files. */
export interface AskOrder {
  readonly files: readonly File[];
  /** The part `request`. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Made once for each press of the button: however often it is sent, it is asked once. */
  readonly idempotencyKey: string;
}

/** How far a job is, or how it ended: `GET /v1/jobs/{id}`. */
export interface JobView {
  readonly status: string;
  /** Of a completed one. */
  readonly result?: AnswerDocument;
  /** Of a failed one. */
  readonly problem?: unknown;
}

/** What asking needs of the platform and of the clock. All throw ApiError, and what the signal was aborted with. */
export interface AskPorts {
  /** @returns the id of the job */
  send(order: AskOrder, onSent: (sent: Sent) => void, signal: AbortSignal): Promise<string>;
  events(id: string, signal: AbortSignal): AsyncIterable<StreamEvent>;
  look(id: string, signal: AbortSignal): Promise<JobView>;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  nowMs(): number;
}

/** Half a minute of trying, in which a gateway starts anew. */
const MOST_SENDS = 7;
const LONGEST_PAUSE_MS = 10_000;

const pauseMs = (failures: number, error: unknown): number =>
  (error instanceof ApiError ? error.retryAfterMs : undefined) ?? Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures);

const isUnreachable = (error: unknown): boolean => error instanceof ApiError && error.isUnreachable;

/** Whether following goes on after a pause: the connection broke, the platform is busy, or somebody has to sign in again first. */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.isUnreachable ||
    error.problem.status === 401 ||
    error.retryAfterMs !== undefined ||
    [429, 502, 503, 504].includes(error.problem.status));

/**
 * Asks, and follows the job until it has ended, over broken connections and restarts of the gateway. Everything is told; nothing is thrown.
 *
 * @param signal ends it: nothing is told any more, and the job goes on
 */
export async function runAsk(
  order: AskOrder,
  ports: AskPorts,
  tell: (event: AskEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const say = (event: AskEvent): void => {
    if (!signal.aborted) tell(event);
  };
  try {
    const id = await new Sender(order, ports, say, signal).send();
    say({ kind: 'accepted', id, nowMs: ports.nowMs() });
    await new Follower(id, ports, say, signal).follow();
  } catch (error) {
    say({ kind: 'failed', error });
  }
}

class Sender {
  constructor(
    private readonly order: AskOrder,
    private readonly ports: AskPorts,
    private readonly tell: (event: AskEvent) => void,
    private readonly signal: AbortSignal,
  ) {}

  async send(): Promise<string> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.ports.send(
          this.order,
          (sent) => {
            this.tell({ kind: 'sent', ...sent });
          },
          this.signal,
        );
      } catch (error) {
        if (!isUnreachable(error) || failures + 1 >= MOST_SENDS) throw error;
        this.tell({ kind: 'cut', nowMs: this.ports.nowMs() });
        await this.ports.wait(pauseMs(failures, error), this.signal);
      }
    }
  }
}

class Follower {
  private failures = 0;
  private ending: (() => Promise<void>) | undefined;

  constructor(
    private readonly id: string,
    private readonly ports: AskPorts,
    private readonly tell: (event: AskEvent) => void,
    private readonly signal: AbortSignal,
  ) {}

  async follow(): Promise<void> {
    for (;;) {
      let cause: unknown;
      try {
        await this.listen();
        // Told how it ended: what is left to do is reading it, which may be cut as well.
        if (this.ending !== undefined) {
          await this.ending();
          return;
        }
      } catch (error) {
        if (isLost(error)) {
          this.tell({ kind: 'lost' });
          return;
        }
        if (!mayPass(error)) throw error;
        cause = error;
      }
      this.tell({ kind: 'cut', nowMs: this.ports.nowMs() });
      await this.ports.wait(pauseMs(this.failures, cause), this.signal);
      this.failures += 1;
    }
  }

  private async listen(): Promise<void> {
    if (this.ending !== undefined) return;
    let isFirst = true;
    for await (const event of this.ports.events(this.id, this.signal)) {
      if (isFirst) this.tell({ kind: 'connected' });
      isFirst = false;
      this.failures = 0;
      this.hear(event);
    }
  }

  private hear({ event, data }: StreamEvent): void {
    const told = JSON.parse(data) as Readonly<Record<string, unknown>>;
    switch (event) {
      case 'progress':
        this.tell({ kind: 'progress', ...progressOf(told), nowMs: this.ports.nowMs() });
        return;
      case 'delta':
        this.tell({ kind: 'delta', text: String(told['text']) });
        return;
      case 'completed':
        this.ending = () => this.read();
        return;
      case 'failed': {
        const problem = told['problem'];
        // Without a problem the record was not committed in time: what is known then stands where the job is looked up.
        this.ending = async () => {
          if (problem === undefined) await this.read();
          else this.refused(problem);
        };
      }
    }
  }

  private async read(): Promise<void> {
    const { status, result, problem } = await this.ports.look(this.id, this.signal);
    if (result !== undefined) this.tell({ kind: 'answered', document: result, nowMs: this.ports.nowMs() });
    else if (problem !== undefined) this.refused(problem);
    else if (status === 'cancelled') this.tell({ kind: 'cancelled' });
    else throw unreachable();
  }

  private refused(told: unknown): void {
    const { status = 0 } = told as { readonly status?: number };
    const problem = problemOf(status, told);
    if (problem.code === 'cancelled') this.tell({ kind: 'cancelled' });
    else this.tell({ kind: 'failed', error: new ApiError(problem) });
  }
}

/** The platform knows nothing of a job that it had accepted, or that nobody works on it: it says so without saying when to ask again. */
const isLost = (error: unknown): boolean =>
  error instanceof ApiError && error.problem.status === 404 && error.retryAfterMs === undefined;

const progressOf = ({ phase, percent, expectedMs }: Readonly<Record<string, unknown>>) => ({
  phase: String(phase),
  percent: Number(percent),
  ...(typeof expectedMs === 'number' ? { expectedMs } : {}),
});
