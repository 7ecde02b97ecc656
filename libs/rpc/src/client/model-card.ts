import type { GetModelCardResponse, MeasuredScore } from '@medserve/contracts';

/** A score as the package says it. */
export interface MeasuredEntry {
  readonly metric: string;
  readonly value: number;
  /** Bounds of the interval; both or none. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** Which interval that is, in words. */
  readonly interval?: string | undefined;
  /** UCUM, `1` of a plain number; absent: a share, from 0 to 1. */
  readonly unit?: string | undefined;
  /** How many cases were judged. */
  readonly cases?: number | undefined;
  /** What it was measured on, in words. */
  readonly data: string;
  readonly task?: string | undefined;
}

/** What one version of a model says of itself at length. */
export interface ModelCardEntry {
  /** Markdown, 262,144 bytes at most; empty: there is none. */
  readonly card: string;
  /** Whether the card goes on. */
  readonly truncated: boolean;
  readonly measured: readonly MeasuredEntry[];
}

const toScore = ({ interval = '', unit = '', cases = 0, task = '', ...rest }: MeasuredEntry): MeasuredScore => ({
  ...rest,
  low: rest.low,
  high: rest.high,
  interval,
  unit,
  cases,
  task,
});

const fromScore = ({ metric, value, low, high, interval, unit, cases, data, task }: MeasuredScore): MeasuredEntry => ({
  metric,
  value,
  data,
  ...(low === undefined || high === undefined ? {} : { low, high }),
  ...(interval === '' ? {} : { interval }),
  ...(unit === '' ? {} : { unit }),
  ...(cases === 0 ? {} : { cases }),
  ...(task === '' ? {} : { task }),
});

export const toModelCard = ({ card, truncated, measured }: ModelCardEntry): GetModelCardResponse => ({
  card,
  truncated,
  measured: measured.map(toScore),
});

export const fromModelCard = ({ card, truncated, measured }: GetModelCardResponse): ModelCardEntry => ({
  card,
  truncated,
  measured: measured.map(fromScore),
});
