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
  /** All ranges beside this one, also those that are not wanted: what one of them names more closely is not in this one. */
  readonly beside: readonly Range[];
}

type Range = Omit<Accepted, 'beside'>;

export const ANY = '*/*';

/**
 * What a caller takes, the dearest first (PS3.18 8.7). Where nothing is said all is taken.
 *
 * @param from what the list stands in, for the refusal
 * @throws ServingError `invalid_request` for what is no list of media types
 */
export function parseAccept(list: string | undefined, from: 'Accept' | 'accept' = 'Accept'): Accepted[] {
  const types = parseMediaTypes(list === undefined || list.trim() === '' ? ANY : list);
  if (types === undefined) {
    const what = from === 'Accept' ? 'header' : 'parameter';
    throw new ServingError('invalid_request', `The ${what} ${from} is no list of media types.`, { field: from });
  }
  const ranges = types.map(({ essence, parameters }) => ({
    quality: qualityOf(parameters.get('q')),
    range: rangeOf(essence, parameters),
  }));
  // What names a transfer syntax, too, is about that alone.
  const beside = ranges.map(({ range }) => range).filter(({ transferSyntax }) => transferSyntax === undefined);
  return ranges
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ range }) => ({ ...range, beside }));
}

function rangeOf(essence: string, parameters: ReadonlyMap<string, string>): Range {
  const isMultipart = essence === 'multipart/related' || essence === 'multipart/*';
  return {
    isMultipart,
    type: (isMultipart ? parameters.get('type')?.toLowerCase() : essence) ?? ANY,
    transferSyntax: parameters.get('transfer-syntax'),
    isAny: essence === ANY,
  };
}

function qualityOf(text: string | undefined): number {
  const quality = Number(text ?? 1);
  return quality >= 0 && quality <= 1 ? quality : 1;
}

/**
 * Whether a type is taken by a range. What another range names more closely is judged by that one alone, so that `q=0` takes it out of
 * the stars (RFC 9110, section 12.5.1).
 *
 * @param isMultipart whether the type is that of parts, which also a range that says nothing of it may be answered with
 */
export const isTaken = (accepted: Accepted, type: string, isMultipart = accepted.isMultipart): boolean =>
  isIn(accepted.type, type) &&
  !accepted.beside.some(
    (other) =>
      !other.isAny &&
      other.isMultipart === isMultipart &&
      isIn(other.type, type) &&
      closenessOf(other) > closenessOf(accepted),
  );

const closenessOf = ({ isAny, type }: Range): number => (isAny ? 0 : type === ANY ? 1 : type.endsWith('/*') ? 2 : 3);

const isIn = (range: string, type: string): boolean =>
  range === ANY || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));

/** The first of the offers that the caller takes, as a whole body. */
export function chooseType(accepted: readonly Accepted[], offers: readonly string[]): string | undefined {
  for (const range of accepted) {
    const found = range.isMultipart ? undefined : offers.find((offer) => isTaken(range, offer));
    if (found !== undefined) return found;
  }
  return undefined;
}
