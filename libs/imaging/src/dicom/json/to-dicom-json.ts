import type { DataSet, Element } from '../data-set';
import { hexOf } from '../dictionary/dictionary';
import { TAG } from '../tags';
import { inOtherByteOrder } from '../write/vr';
import type { DicomJson, DicomJsonElement, DicomJsonValue } from './dicom-json';
import { pathText, type ElementPath } from './element-path';
import { hasSignedPixels, vrOfElement } from './element-vr';
import { jsonNumbers } from './json-numbers';
import { jsonTexts } from './json-texts';

export interface JsonOptions {
  /** Where a value can be fetched that is not part of the text: `00400555/2/7FE00010` to a URI. */
  readonly bulkUri: (path: string) => string;
  /** Binary values of up to so many bytes stand in the text. */
  readonly inlineBytes: number;
}

const BINARY: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);
const PIXELS: ReadonlySet<number> = new Set([TAG.pixelData, TAG.floatPixelData, TAG.doubleFloatPixelData]);
const TRAILING_PADDING = 0xfffcfffc;

/** Whether it is part of what the data set says: group lengths and padding are of its encoding. */
export const isContent = (tag: number): boolean => (tag & 0xffff) !== 0 && tag !== TRAILING_PADDING;

/**
 * A data set in the DICOM JSON model (PS3.18 F.2): text in Unicode, numbers as numbers, and pixels and large binary values as
 * references. Without the file meta information, group lengths and padding.
 *
 * @param dataSet read with `openWhole`
 */
export function toDicomJson(dataSet: DataSet, options: JsonOptions): DicomJson {
  return new Speller(options, hasSignedPixels(dataSet)).dataSet(dataSet, [], undefined);
}

class Speller {
  constructor(
    private readonly options: JsonOptions,
    private readonly signed: boolean,
  ) {}

  /** @param outer the character set of what the items stand in, which is theirs where they name none (PS3.3 C.12.1.1.2) */
  dataSet(dataSet: DataSet, items: ElementPath['items'], outer: string | undefined): DicomJson {
    const declared = dataSet.text(TAG.specificCharacterSet) ?? outer;
    const tags = [...dataSet.elements.keys()].filter(isContent).sort((one, other) => one - other);
    return Object.fromEntries(
      tags.map((tag) => {
        const element = dataSet.elements.get(tag) as Element;
        return [hexOf(tag), this.element(dataSet, element, { items, tag }, declared)];
      }),
    );
  }

  private element(
    holder: DataSet,
    element: Element,
    path: ElementPath,
    declared: string | undefined,
  ): DicomJsonElement {
    const vr = vrOfElement(element, this.signed);
    if (path.tag === TAG.specificCharacterSet) return { vr, Value: ['ISO_IR 192'] };
    if (element.items !== undefined) {
      const Value = element.items.map((item, at) =>
        this.dataSet(item, [...path.items, { tag: path.tag, item: at + 1 }], declared),
      );
      return Value.length === 0 ? { vr } : { vr, Value };
    }
    if (element.length === 0) return { vr };
    if (BINARY.has(vr)) return this.binary(holder, element, vr, path);
    const Value = this.values(vr, holder.value(element), holder.littleEndian, declared);
    return Value.every((value) => value === null) ? { vr } : { vr, Value };
  }

  private binary(holder: DataSet, element: Element, vr: string, path: ElementPath): DicomJsonElement {
    const isLarge = element.length > this.options.inlineBytes || element.fragments !== undefined;
    if (isLarge || PIXELS.has(path.tag)) return { vr, BulkDataURI: this.options.bulkUri(pathText(path)) };
    const bytes = holder.value(element);
    return { vr, InlineBinary: (holder.littleEndian ? bytes : inOtherByteOrder(vr, bytes)).toString('base64') };
  }

  private values(
    vr: string,
    bytes: Buffer,
    littleEndian: boolean,
    declared: string | undefined,
  ): readonly (DicomJsonValue | null)[] {
    return jsonNumbers(vr, bytes, littleEndian) ?? jsonTexts(vr, bytes, declared);
  }
}
