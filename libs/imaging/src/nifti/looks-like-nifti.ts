import { peekGzip } from './open-gzip';

const SIZES = [348, 540];
const MAGICS = ['n+1\0', 'ni1\0', 'n+2\0', 'ni2\0'];

/** Whether these bytes begin like NIfTI-1 or NIfTI-2, plain or in gzip. Costs a few kilobytes of inflating at most. */
export function looksLikeNifti(bytes: Buffer): boolean {
  const head = peekGzip(bytes);
  if (head.length < 348) return false;
  const hasSize = SIZES.includes(head.readInt32LE(0)) || SIZES.includes(head.readInt32BE(0));
  return (
    hasSize && (MAGICS.includes(head.toString('latin1', 344, 348)) || MAGICS.includes(head.toString('latin1', 4, 8)))
  );
}
