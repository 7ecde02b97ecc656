import type { Pattern } from './pattern';

/** Characters that the texts of a pattern have at least and at most. */
export interface Lengths {
  readonly min: number;
  readonly max: number;
}

/** None has fewer or more; whether some have exactly so many is not said. */
export function lengthsOf(pattern: Pattern): Lengths {
  switch (pattern.kind) {
    case 'set':
      return { min: 1, max: 1 };
    case 'sequence': {
      const parts = pattern.parts.map(lengthsOf);
      return { min: parts.reduce((sum, { min }) => sum + min, 0), max: parts.reduce((sum, { max }) => sum + max, 0) };
    }
    case 'choice': {
      const options = pattern.options.map(lengthsOf);
      return { min: Math.min(...options.map(({ min }) => min)), max: Math.max(...options.map(({ max }) => max)) };
    }
    case 'repeat': {
      const { min, max } = lengthsOf(pattern.part);
      return { min: min * pattern.min, max: max === 0 ? 0 : max * pattern.max };
    }
  }
}
