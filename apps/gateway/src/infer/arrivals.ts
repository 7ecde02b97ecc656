import { ServingError } from '@medserve/errors';
import {
  CLASSES,
  judgeArrival,
  observeAnswer,
  UNKNOWN_RATE,
  type ArrivalRules,
  type ServiceRate,
} from '@medserve/serving';
import type { RequestClass } from './inference-request';

/** How a request left: without an answer, with one that its model had to be loaded for, or with one that says how fast answers come. */
export type Leaving = 'unanswered' | 'loaded' | 'answered';

interface ModelArrivals {
  readonly byClass: Record<RequestClass, number>;
  count: number;
  rate: ServiceRate;
  /** When the last answer came, if somebody has waited ever since: only then does the time to the next one say something. */
  answeredMs: number | undefined;
}

/** Below what the router's stream takes, so that what is accepted is not refused there; a model may have half of it. */
const RULES: ArrivalRules = { placesPerModel: 512, places: 1_000 };
const REMEMBERED_MODELS = 1_000;

/** Counts what is inside the gateway, and refuses at the door what would be too much. */
export class Arrivals {
  private readonly models = new Map<string, ModelArrivals>();
  private count = 0;

  constructor(
    private readonly nowMs: () => number,
    private readonly rules: ArrivalRules = RULES,
  ) {}

  /**
   * Whether a request would be taken in now: to be asked before work is done for one that will not.
   *
   * @param model of the installed ones, as the catalogue named it
   * @param leftMs until the deadline
   * @throws ServingError `overloaded`, with the limit and when to come back
   */
  check(model: string, name: RequestClass, leftMs: number): void {
    this.judge(this.of(model), name, leftMs);
  }

  /**
   * Takes a place; gives back how to leave it, once. The pace is learned from the times between answers: the first one after a pause
   * tells how long a start took, as far as anybody knows.
   *
   * @throws ServingError as `check`
   */
  enter(model: string, name: RequestClass, leftMs: number): (how: Leaving) => void {
    const here = this.of(model);
    this.judge(here, name, leftMs);
    if (here.count === 0) here.answeredMs = undefined;
    here.byClass[name] += 1;
    here.count += 1;
    this.count += 1;
    return (how) => {
      here.byClass[name] -= 1;
      here.count -= 1;
      this.count -= 1;
      if (how === 'unanswered') return;
      const nowMs = this.nowMs();
      if (how === 'answered' && here.answeredMs !== undefined)
        here.rate = observeAnswer(here.rate, nowMs - here.answeredMs);
      here.answeredMs = nowMs;
    };
  }

  private judge({ byClass, count, rate }: ModelArrivals, name: RequestClass, leftMs: number): void {
    const before = CLASSES.slice(0, CLASSES.indexOf(name) + 1);
    const ahead = before.reduce((sum, one) => sum + byClass[one], 0);
    const decision = judgeArrival({ ofModel: count, ofAll: this.count, ahead, rate }, name, leftMs, this.rules);
    if (decision.kind === 'admitted') return;
    const { limit, retryAfterMs } = decision;
    throw new ServingError('overloaded', 'There is no place for a request of this class.', { limit, retryAfterMs });
  }

  private of(model: string): ModelArrivals {
    const known = this.models.get(model);
    if (known !== undefined) return known;
    if (this.models.size >= REMEMBERED_MODELS) {
      for (const [name, { count }] of this.models) if (count === 0) this.models.delete(name);
    }
    const fresh = {
      byClass: { stat: 0, urgent: 0, routine: 0, research: 0 },
      count: 0,
      rate: UNKNOWN_RATE,
      answeredMs: undefined,
    };
    this.models.set(model, fresh);
    return fresh;
  }
}
