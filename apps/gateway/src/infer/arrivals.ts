import { ServingError } from '@medserve/errors';
import { judgeArrival, observeAnswer, UNKNOWN_RATE, type ArrivalRules, type ServiceRate } from '@medserve/serving';
import type { RequestClass } from '../intake/inference-request';

interface ModelArrivals {
  count: number;
  rate: ServiceRate;
  /** Since when requests have been waiting without an answer: the last answer, or the first request after a pause. */
  waitingSinceMs: number;
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
   * Takes a place; gives back how to leave it, once, with whether there was an answer.
   *
   * @param model of the installed ones, as the catalogue named it
   * @throws ServingError `overloaded`, with the limit and when to come back
   */
  enter(model: string, name: RequestClass): (isAnswered: boolean) => void {
    const here = this.of(model);
    const decision = judgeArrival({ ofModel: here.count, ofAll: this.count, rate: here.rate }, name, this.rules);
    if (decision.kind === 'refused') {
      const { limit, retryAfterMs } = decision;
      throw new ServingError('overloaded', 'There is no place for a request of this class.', { limit, retryAfterMs });
    }
    if (here.count === 0) here.waitingSinceMs = this.nowMs();
    here.count += 1;
    this.count += 1;
    return (isAnswered) => {
      here.count -= 1;
      this.count -= 1;
      if (!isAnswered) return;
      const nowMs = this.nowMs();
      here.rate = observeAnswer(here.rate, nowMs - here.waitingSinceMs);
      here.waitingSinceMs = nowMs;
    };
  }

  private of(model: string): ModelArrivals {
    const known = this.models.get(model);
    if (known !== undefined) return known;
    if (this.models.size >= REMEMBERED_MODELS) {
      for (const [name, { count }] of this.models) if (count === 0) this.models.delete(name);
    }
    const fresh = { count: 0, rate: UNKNOWN_RATE, waitingSinceMs: 0 };
    this.models.set(model, fresh);
    return fresh;
  }
}
