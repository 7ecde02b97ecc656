import type { Head } from './parameters';

/** Scores of a head's labels between 0 and 1, from its outputs. */
export function scoresOf(
  outputs: readonly number[],
  { activation, temperature }: Pick<Head, 'activation' | 'temperature'>,
): number[] {
  const scaled = outputs.map((value) => value / temperature);
  switch (activation) {
    case 'none':
      return outputs.map((value) => Math.min(1, Math.max(0, value)));
    case 'sigmoid':
      return scaled.map((value) => 1 / (1 + Math.exp(-value)));
    case 'softmax': {
      const most = Math.max(...scaled);
      const powers = scaled.map((value) => Math.exp(value - most));
      const sum = powers.reduce((total, value) => total + value, 0);
      return powers.map((value) => value / sum);
    }
  }
}
