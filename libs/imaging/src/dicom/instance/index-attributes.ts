import { TAG } from '../tags';
import { hexOf } from '../dictionary/dictionary';
import { indexedAttributes, REQUEST_ATTRIBUTES, requestAttributes, type IndexLevel } from './indexed-attributes';
import { jsonElementOf } from './json-element-of';
import type { JsonAttributes, JsonElement } from './json-element';
import type { FoundValue, Walked } from './walk-data-set';

/** What a walk has to look for, so that the index can be filled and the pixels checked. */
export const WANTED = {
  tags: {
    has: (tag: number): boolean =>
      tag === TAG.specificCharacterSet || tag === 0x00287fe0 || indexedAttributes().has(tag),
  },
  sequences: new Map([[REQUEST_ATTRIBUTES, { has: (tag: number): boolean => requestAttributes().has(tag) }]]),
};

/** The attributes of the index, in DICOM JSON, sorted by the level that they belong to. */
export function indexAttributes(walked: Walked): Record<IndexLevel, JsonAttributes> {
  const { littleEndian } = walked.encoding;
  const declared = walked.values.get(TAG.specificCharacterSet)?.bytes.toString('latin1');
  const found: Record<IndexLevel, Record<string, JsonElement>> = { study: {}, series: {}, instance: {} };
  for (const [tag, { vr, level }] of indexedAttributes()) {
    const value = walked.values.get(tag);
    if (value !== undefined) found[level][hexOf(tag)] = jsonElementOf(vr, value.bytes, { declared, littleEndian });
  }
  const requests = walked.items.get(REQUEST_ATTRIBUTES);
  if (requests !== undefined) {
    const Value = requests.map((item) => itemOf(item, declared, littleEndian));
    found.series[hexOf(REQUEST_ATTRIBUTES)] = { vr: 'SQ', ...(Value.length === 0 ? {} : { Value }) };
  }
  return found;
}

function itemOf(
  item: ReadonlyMap<number, FoundValue>,
  declared: string | undefined,
  littleEndian: boolean,
): JsonAttributes {
  return Object.fromEntries(
    [...item].map(([tag, { bytes }]) => [
      hexOf(tag),
      jsonElementOf(requestAttributes().get(tag) ?? 'UN', bytes, { declared, littleEndian }),
    ]),
  );
}
