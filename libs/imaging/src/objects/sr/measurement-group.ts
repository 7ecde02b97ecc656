import type { DataSetOut } from '../../dicom/write/element';
import { dcm, sct, type Code } from '../codes/code';
import { unitCode } from '../codes/quantities';
import type { SourceImage } from '../common/source-image';
import type { Finding } from '../findings/finding';
import { outlinesOf } from '../findings/outlines';
import type { WrittenSegment } from '../seg/written-segment';
import * as content from './content-item';

const CERTAINTY = dcm('111012', 'Certainty of Finding');
const COMMENT = dcm('121106', 'Comment');
/** Connected parts of one mask that are outlined. */
const MOST_PARTS = 20;

export interface Algorithm {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

export interface Group {
  readonly item: DataSetOut;
  readonly template: '1410' | '1411' | '1501';
  /** Outlines in it. */
  readonly outlines: number;
}

/**
 * A finding as a measurement group: of one outline by TID 1410, of a segment or of several outlines by TID 1411, of anything else by
 * TID 1501. The order of the items is that of the templates.
 */
export function measurementGroup(finding: Finding, algorithm: Algorithm, segment: WrittenSegment | undefined): Group {
  const { template, items, outlines, note } = placeItems(finding, segment);
  const item = content.container(
    dcm('125007', 'Measurement Group'),
    [
      content.text('HAS OBS CONTEXT', dcm('112039', 'Tracking Identifier'), finding.trackingId),
      content.uidRef('HAS OBS CONTEXT', dcm('112040', 'Tracking Unique Identifier'), finding.trackingUid),
      ...optional(finding.category, (category) =>
        content.code('CONTAINS', sct('276214006', 'Finding category'), category),
      ),
      ...optional(finding.label, (label) => content.code('CONTAINS', dcm('121071', 'Finding'), label)),
      ...optional(finding.site, (site) => content.code('HAS CONCEPT MOD', sct('363698007', 'Finding Site'), site)),
      ...algorithmItems(algorithm),
      ...items,
      ...optional(finding.score, (score) => content.percent('CONTAINS', CERTAINTY, score)),
      ...finding.measurements.map(({ concept, measurement: { value, unit } }) =>
        content.num('CONTAINS', concept, value, unitCode(unit)),
      ),
      ...finding.evaluations.map(({ concept, value }) => content.code('CONTAINS', concept, value)),
      ...finding.remarks.map(({ concept, text }) => content.text('CONTAINS', concept, text)),
      ...note.map((text) => content.text('CONTAINS', COMMENT, text)),
    ],
    template,
  );
  return { item, template, outlines };
}

const optional = <T>(value: T | undefined, make: (value: T) => DataSetOut): DataSetOut[] =>
  value === undefined ? [] : [make(value)];

/** TID 4019. */
const algorithmItems = ({ name, version, digest }: Algorithm): DataSetOut[] => [
  content.text('HAS CONCEPT MOD', dcm('111001', 'Algorithm Name'), name),
  content.text('HAS CONCEPT MOD', dcm('111003', 'Algorithm Version'), version),
  content.text('HAS CONCEPT MOD', dcm('111002', 'Algorithm Parameters'), digest),
];

interface PlaceItems extends Omit<Group, 'item'> {
  readonly items: readonly DataSetOut[];
  readonly note: readonly string[];
}

const REGION: Code = dcm('111030', 'Image Region');

function placeItems({ place }: Finding, segment: WrittenSegment | undefined): PlaceItems {
  if (segment !== undefined) return { template: '1411', items: segmentItems(segment), outlines: 0, note: [] };
  switch (place.kind) {
    case 'nowhere':
      return { template: '1501', items: [], outlines: 0, note: [] };
    case 'outlines':
      return regions(place.outlines.map((outline) => content.polygon(REGION, outline, place.on)));
    case 'masks': {
      const [only, ...more] = place.masks;
      if (only !== undefined && more.length === 0) {
        return regions(outlinesOf(only.mask, MOST_PARTS).map((outline) => content.polygon(REGION, outline, only.on)));
      }
      const note = 'Where it lies is not told here: no segmentation object was written of these images.';
      return { template: '1501', items: [], outlines: 0, note: [note] };
    }
  }
}

const regions = (items: readonly DataSetOut[]): PlaceItems => ({
  template: items.length === 1 ? '1410' : items.length === 0 ? '1501' : '1411',
  items,
  outlines: items.length,
  note: [],
});

/** The segment, and the images that it was made from (TID 1411, rows 6 to 8). */
function segmentItems({ reference, sources }: WrittenSegment): DataSetOut[] {
  const purpose = dcm('121233', 'Source image for segmentation');
  return [
    content.image('CONTAINS', dcm('121191', 'Referenced Segment'), reference),
    ...sources.map((source: SourceImage) => content.image('CONTAINS', purpose, source)),
  ];
}
