import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDicom } from 'dicom-parser';
import { DECODE_LIMITS } from '../limits';
import { hasDicomPrefix, openDicom } from './open-dicom';

const FOLDER = resolve(__dirname, '../../../../../shared/data/dicom');
const DEFLATED = 'image_dfl.dcm';
/** Cut short: dicom-parser stops where ours refuses. */
const REFUSED = ['MR_truncated.dcm', 'rtplan_truncated.dcm'];
/** They announce one encoding and use another; dicom-parser takes their word. */
const MISLABELLED = ['SC_rgb_jpeg.dcm'];
/** dicom-parser wants a transfer syntax, and looks into a private sequence where ours steps over it. */
const BEYOND_IT = ['meta_missing_tsyntax.dcm', 'nested_priv_SQ.dcm'];

if (!existsSync(FOLDER)) {
  it.skip('the DICOM samples are in ../shared/data/dicom, which this clone does not have', () => undefined);
} else {
  const names = readdirSync(FOLDER).filter(
    (name) => name.endsWith('.dcm') && ![DEFLATED, ...REFUSED, ...MISLABELLED, ...BEYOND_IT].includes(name),
  );
  const files = names
    .map((name) => [name, readFileSync(join(FOLDER, name))] as const)
    .filter(([, bytes]) => hasDicomPrefix(bytes));

  it.each(files)('the values of %s lie where dicom-parser finds them', (_, bytes) => {
    const { dataSet } = openDicom(bytes, DECODE_LIMITS);
    const ours = [...dataSet.elements.values()].filter(
      ({ items, fragments }) => items === undefined && fragments === undefined,
    );
    const { elements } = parseDicom(bytes);
    const theirs = ours.map(({ tag }) => elements[`x${tag.toString(16).padStart(8, '0')}`]);
    expect(ours.map(({ offset, length }) => [offset, length])).toEqual(
      theirs.map((element) => [element?.dataOffset, element?.length]),
    );
  });
}
