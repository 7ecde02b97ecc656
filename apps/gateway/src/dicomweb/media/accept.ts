import { ServingError } from '@medserve/errors';
import { parseMediaTypes } from './media-type';

/** What a caller takes, as one of the ranges of `Accept` says it. */
export interface Accepted {
  readonly isMultipart: boolean;
  /** The type of the payload: of a multipart answer, that of its parts. Stars where any will do. */
  readonly type: string;
  /** Absent: the default of the type. `*`: as it is stored. */
  readonly transferSyntax: string | undefined;
  /** Whether the range said nothing of being multipart or not: any will do. */
  readonly isAny: boolean;
}

export const ANY = '*/*';

/**
 * What a caller takes, the dearest first (PS3.18 8.7). Without the header all is taken.
 *
 * @throws ServingError `invalid_request` for what is no list of media types
 */
export function parseAccept(header: string | undefined): Accepted[] {
  const types = parseMediaTypes(header === undefined || header.trim() === '' ? ANY : header);
  if (types === undefined) {
    throw new ServingError('invalid_request', 'The header Accept is no list of media types.', { field: 'Accept' });
  }
  return types
    .map(({ essence, parameters }) => ({ essence, parameters, quality: qualityOf(parameters.get('q')) }))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ essence, parameters }) => {
      const isMultipart = essence === 'multipart/related' || essence === 'multipart/*';
      return {
        isMultipart,
        type: (isMultipart ? parameters.get('type')?.toLowerCase() : essence) ?? ANY,
        transferSyntax: parameters.get('transfer-syntax'),
        isAny: essence === ANY,
      };
    });
}

function qualityOf(text: string | undefined): number {
  const quality = Number(text ?? 1);
  return quality >= 0 && quality <= 1 ? quality : 1;
}

/** Whether a type is in a range. */
export const isIn = (range: string, type: string): boolean =>
  range === ANY || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));

/** The first of the offers that the caller takes, as a whole body. */
export function chooseType(accepted: readonly Accepted[], offers: readonly string[]): string | undefined {
  for (const { isMultipart, type } of accepted) {
    const found = isMultipart ? undefined : offers.find((offer) => isIn(type, offer));
    if (found !== undefined) return found;
  }
  return undefined;
}
