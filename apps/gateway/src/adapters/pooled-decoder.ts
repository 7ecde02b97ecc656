import type { DecodePool } from '@medserve/imaging';
import type { Instruments } from '@medserve/runtime';
import type { Decoder } from '../infer/ports';

/** Decoding on threads of its own; what waits for one is in the metrics. */
export function pooledDecoder(pool: DecodePool, { decodeQueue }: Pick<Instruments, 'decodeQueue'>): Decoder {
  const tell = (): void => {
    decodeQueue.set(pool.stats().queued);
  };
  return {
    decode: (files, signal, wishes) => {
      const decoded = pool.decode(files, signal, wishes);
      tell();
      return decoded.finally(tell);
    },
  };
}
