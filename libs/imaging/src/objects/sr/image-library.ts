import type { DataSetOut } from '../../dicom/write/element';
import { dcm, type Code } from '../codes/code';
import { modalityCode } from '../codes/procedures';
import type { SourceImage } from '../common/source-image';
import * as content from './content-item';

const PIXELS: Code = { value: '{pixels}', scheme: 'UCUM', meaning: 'Pixels' };

/** All images that were looked at, by series (TID 1600, TID 1602): what was processed stands here whether or not something was found. */
export function imageLibrary(images: readonly SourceImage[]): DataSetOut {
  const groups = [...bySeries(images).values()].map((series) =>
    content.container(dcm('126200', 'Image Library Group'), [
      ...descriptorsOf(series[0] as SourceImage),
      ...series.map((image) => content.image('CONTAINS', content.SOURCE, image)),
    ]),
  );
  return content.container(dcm('111028', 'Image Library'), groups, '1600');
}

function descriptorsOf({ modality, frameOfReferenceUid, rows, columns }: SourceImage): DataSetOut[] {
  const acquired = modalityCode(modality);
  return [
    ...(acquired === undefined ? [] : [content.code('HAS ACQ CONTEXT', dcm('121139', 'Modality'), acquired)]),
    ...(frameOfReferenceUid === undefined
      ? []
      : [content.uidRef('HAS ACQ CONTEXT', dcm('112227', 'Frame of Reference UID'), frameOfReferenceUid)]),
    content.num('HAS ACQ CONTEXT', dcm('110910', 'Pixel Data Rows'), rows, PIXELS),
    content.num('HAS ACQ CONTEXT', dcm('110911', 'Pixel Data Columns'), columns, PIXELS),
  ];
}

/** By series and size: what a group says is true of each of its images. */
function bySeries(images: readonly SourceImage[]): Map<string, SourceImage[]> {
  return Map.groupBy(images, ({ seriesUid, frameOfReferenceUid = '', rows, columns }) =>
    [seriesUid, frameOfReferenceUid, rows, columns].join(' '),
  );
}
