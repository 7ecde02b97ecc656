import type { TraceContext } from './trace-context';

/** The names of `OTEL_TRACES_SAMPLER` (OpenTelemetry specification, "General SDK Configuration"). */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export interface SamplerRules {
  readonly sampler: (typeof SAMPLERS)[number];
  /** Of traces without a say of their own, the share that is kept. */
  readonly ratio: number;
  /** How many traces a second are kept because their caller asked for it. */
  readonly callersPerSecond: number;
}

/** 2^56: of a trace id the last seven bytes are random (W3C Trace Context Level 2, section 3.2.2.3). */
const RANDOM_SPAN = 2 ** 56;

/**
 * Says which requests are traced, once, where they come in; everybody behind keeps to it. A caller that says "not sampled" is
 * believed. One that says "sampled" is no colleague but a stranger who may say so of everything: it is believed so many times a
 * second, and beyond that its traces have no better chance than those that nobody spoke for.
 */
export class Sampler {
  private credit: number;
  private atMs = 0;

  constructor(private readonly rules: SamplerRules) {
    this.credit = rules.callersPerSecond;
  }

  /** @param parent what the caller sent; @param nowMs on any monotonic clock */
  samples(parent: TraceContext | undefined, nowMs: number): boolean {
    const isParentHeard = this.rules.sampler.startsWith('parentbased_');
    if (parent === undefined || !isParentHeard) return this.ofRoot(parent?.traceId);
    if (!parent.sampled) return false;
    return this.takeCredit(nowMs) || this.ofRoot(parent.traceId);
  }

  private ofRoot(traceId: string | undefined): boolean {
    switch (this.rules.sampler) {
      case 'always_on':
      case 'parentbased_always_on':
        return true;
      case 'always_off':
      case 'parentbased_always_off':
        return false;
      case 'traceidratio':
      case 'parentbased_traceidratio': {
        // Of a trace that has an id already, all who use this rule say the same.
        const at = traceId === undefined ? Math.random() : Number.parseInt(traceId.slice(-14), 16) / RANDOM_SPAN;
        return at < this.rules.ratio;
      }
    }
  }

  private takeCredit(nowMs: number): boolean {
    const { callersPerSecond } = this.rules;
    const earned = (Math.max(0, nowMs - this.atMs) / 1_000) * callersPerSecond;
    this.credit = Math.min(callersPerSecond, this.credit + earned);
    this.atMs = nowMs;
    if (this.credit < 1) return false;
    this.credit -= 1;
    return true;
  }
}
