import type { ScalingPace } from './policy';
import { SlidingExtremes } from './sliding-extremes';

/**
 * How far replicas may go at once. A step is measured from the replicas of a whole period: no two moments within one are further apart
 * than a step, however often it is decided meanwhile (the `behavior` of a HorizontalPodAutoscaler).
 */
export class PaceLimits {
  private readonly duringUp: SlidingExtremes;
  private readonly duringDown: SlidingExtremes;

  constructor(
    private readonly up: ScalingPace,
    private readonly down: ScalingPace,
  ) {
    this.duringUp = new SlidingExtremes(up.periodMs);
    this.duringDown = new SlidingExtremes(down.periodMs);
  }

  see(nowMs: number, replicas: number): void {
    this.duringUp.see(nowMs, replicas);
    this.duringDown.see(nowMs, replicas);
  }

  get most(): number {
    const base = this.duringUp.min;
    return Math.max(base + this.up.replicas, Math.ceil(base * (1 + this.up.share)));
  }

  get least(): number {
    const base = this.duringDown.max;
    return Math.max(0, Math.min(base - this.down.replicas, Math.floor(base * (1 - this.down.share))));
  }
}
