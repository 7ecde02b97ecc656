import { promisify } from 'node:util';
import { constants, deflate, gzip } from 'node:zlib';

/** Below this the headers of a coding weigh more than it saves. */
const WORTH_BYTES = 1_024;

const CODINGS = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;
type Coding = keyof typeof CODINGS;

export interface Compressible {
  readonly bytes: Buffer;
  /** Whether it holds tensors as bytes. */
  readonly isBinary: boolean;
}

/**
 * The coding for an answer, by the header `Accept-Encoding`. JSON is compressed for everyone who takes it. The bytes of tensors,
 * mostly noise that no coding makes smaller, are so only for who names one single coding: that is what clients of this protocol
 * send when they were told to, and not what every HTTP library sends by itself.
 */
export function chooseCoding(accepted: string | undefined, { bytes, isBinary }: Compressible): Coding | undefined {
  if (accepted === undefined || bytes.length < WORTH_BYTES) return undefined;
  const offers = accepted.split(',').map(readOffer);
  if (isBinary && offers.length > 1) return undefined;
  return offers
    .filter((offer) => offer.quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ coding }) => coding)
    .find((coding): coding is Coding => Object.hasOwn(CODINGS, coding));
}

function readOffer(text: string): { coding: string; quality: number } {
  const [coding = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = rest.find((part) => part.startsWith('q='))?.slice(2);
  return { coding, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

/** Fast rather than small: the caller waits. */
export const compress = (bytes: Buffer, coding: Coding): Promise<Buffer> =>
  CODINGS[coding](bytes, { level: constants.Z_BEST_SPEED });
