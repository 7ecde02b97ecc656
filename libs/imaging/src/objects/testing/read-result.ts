import { DECODE_LIMITS } from '../../limits';
import { tagOf, hexOf } from '../../dicom/dictionary/dictionary';
import type { DicomJson } from '../../dicom/json/dicom-json';
import { toDicomJson } from '../../dicom/json/to-dicom-json';
import { openWhole } from '../../dicom/open-dicom';
import { TAG } from '../../dicom/tags';

/** A written object as its readers see it. */
export class ReadResult {
  constructor(
    private readonly json: DicomJson,
    /** Of the object itself. */
    readonly pixels: Buffer = Buffer.alloc(0),
  ) {}

  static of(bytes: Buffer): ReadResult {
    const { dataSet } = openWhole(bytes, DECODE_LIMITS);
    const pixels = dataSet.elements.get(TAG.pixelData);
    const json = toDicomJson(dataSet, { bulkUri: (path) => path, inlineBytes: 1e9 });
    return new ReadResult(json, pixels && dataSet.value(pixels));
  }

  values(keyword: string): readonly unknown[] {
    return this.json[hexOf(tagOf(keyword) as number)]?.Value ?? [];
  }

  value(keyword: string): unknown {
    return this.values(keyword)[0];
  }

  items(keyword: string): ReadResult[] {
    return this.values(keyword).map((item) => new ReadResult(item as DicomJson));
  }

  /** It and all content items below it, in order. */
  tree(): ReadResult[] {
    return [this, ...this.items('ContentSequence').flatMap((item) => item.tree())];
  }

  /** What the items of a code in the tree say: their text, code, UID or number. */
  said(code: string): unknown[] {
    return this.tree()
      .filter((item) => item.items('ConceptNameCodeSequence')[0]?.value('CodeValue') === code)
      .map((item) => item.told());
  }

  private told(): unknown {
    const number = this.items('MeasuredValueSequence')[0]?.value('NumericValue');
    const chosen = this.items('ConceptCodeSequence')[0]?.value('CodeMeaning');
    return this.value('TextValue') ?? this.value('UID') ?? number ?? chosen;
  }

  /** Every value of an attribute, however deep. */
  everywhere(keyword: string): unknown[] {
    const key = hexOf(tagOf(keyword) as number);
    const below = (json: DicomJson): unknown[] =>
      Object.entries(json).flatMap(([tag, { vr, Value = [] }]) => [
        ...(tag === key ? Value : []),
        ...(vr === 'SQ' ? Value.flatMap((item) => below(item as DicomJson)) : []),
      ]);
    return below(this.json);
  }
}
