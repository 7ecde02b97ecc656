import type { OpenedInstance } from '@medserve/archive';
import { DECODE_LIMITS, readDataSet } from '@medserve/imaging';
import type { GenerationKey } from '@medserve/studies';
import type { ArchivedFiles } from './instance-files';

/** What the header of one instance says of how many there are; most say nothing. */
export interface Expected {
  /** (0020,1208) */
  readonly ofStudy?: number;
  /** (0020,1209) */
  readonly ofSeries?: number;
}

const STUDY_INSTANCES = 0x00201208;
const SERIES_INSTANCES = 0x00201209;
const IMPLICIT = '1.2.840.10008.1.2';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
/** Group 0020 stands near the beginning; what is longer has it further behind than a hint is worth. */
const HEADER_BYTES = 256 * 1024;
const MOST_COUNT = 1_000_000;
/** Series whose header is remembered: it is asked for at every look. */
const REMEMBERED = 2_000;

/** Only the root of the data set, up to the pixels. */
const ROOT = { enters: () => false, wholly: false, beforePixels: true };

/** How many instances senders say that there are. A modality that counts as it sends makes its study complete at its last image. */
export class ExpectedCounts {
  private readonly known = new Map<string, Expected>();

  constructor(private readonly files: Pick<ArchivedFiles, 'open'>) {}

  /** By the header of one instance of the series. What cannot be read says nothing. */
  async of({ tenant, studyUid }: GenerationKey, seriesUid: string, sopInstanceUid: string): Promise<Expected> {
    const place = `${tenant}/${studyUid}/${seriesUid}`;
    const before = this.known.get(place);
    if (before !== undefined) return before;
    const [opened] = await this.files.open(tenant, studyUid, [sopInstanceUid]);
    const found = opened === undefined ? {} : await read(opened);
    if (this.known.size >= REMEMBERED) this.known.delete(this.known.keys().next().value ?? '');
    this.known.set(place, found);
    return found;
  }
}

async function read(opened: OpenedInstance): Promise<Expected> {
  const { transferSyntaxUid } = opened.instance;
  if (transferSyntaxUid === DEFLATED) return {};
  const header = await opened.readPart(0, Math.min(opened.bytes, HEADER_BYTES));
  const encoding = { implicitVr: transferSyntaxUid === IMPLICIT, littleEndian: transferSyntaxUid !== BIG_ENDIAN };
  try {
    const dataSet = readDataSet(header, opened.dataSetOffset, encoding, DECODE_LIMITS, ROOT);
    const count = (tag: number): number | undefined => {
      const value = Number(dataSet.text(tag) ?? NaN);
      return Number.isInteger(value) && value > 0 && value <= MOST_COUNT ? value : undefined;
    };
    const [ofStudy, ofSeries] = [count(STUDY_INSTANCES), count(SERIES_INSTANCES)];
    return { ...(ofStudy === undefined ? {} : { ofStudy }), ...(ofSeries === undefined ? {} : { ofSeries }) };
  } catch {
    return {};
  }
}
