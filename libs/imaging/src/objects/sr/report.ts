import type { DataSetOut } from '../../dicom/write/element';
import { uidFrom } from '../../dicom/write/write-part10';
import { dcm, own, type Code } from '../codes/code';
import { codeItem, codingSchemes } from '../codes/code-item';
import { procedureOf } from '../codes/procedures';
import { dataSetOf, merged } from '../common/data-set-of';
import { momentOf } from '../common/moment';
import { resultObject, type ObjectName } from '../common/result-object';
import type { SourceImage } from '../common/source-image';
import type { Finding } from '../findings/finding';
import { remarksOf } from '../findings/remarks';
import type { ReadRun } from '../findings/run';
import type { ResultEquipment, ResultInput, ResultObject } from '../result-input';
import type { WrittenSegment } from '../seg/written-segment';
import * as content from './content-item';
import { hierarchyOf, type Evidence } from './evidence';
import { imageLibrary } from './image-library';
import { measurementGroup, type Group } from './measurement-group';

export interface ToldRun {
  readonly read: ReadRun;
  readonly findings: readonly Finding[];
}

/**
 * The report of all runs: Comprehensive 3D SR by TID 1500, preliminary, complete and unverified, with every object that it refers to
 * in its evidence.
 *
 * @param segments by the tracking UIDs of their findings
 */
export function report(
  name: ObjectName,
  input: ResultInput,
  runs: readonly ToldRun[],
  segments: ReadonlyMap<string, WrittenSegment>,
): ResultObject {
  const images = distinct(runs.flatMap(({ read }) => read.images));
  const source = images[0] as SourceImage;
  const { date, time } = momentOf(input.now, source.dataSet);
  const used = [
    ...images,
    ...[...segments.values()].map(({ reference, seriesUid }) => ({
      ...reference,
      seriesUid,
      studyUid: source.studyUid,
    })),
  ];
  return resultObject(
    name,
    source,
    input,
    merged(
      codingSchemes(),
      dataSetOf({
        ContentDate: date,
        ContentTime: time,
        ReferencedPerformedProcedureStepSequence: [],
        PerformedProcedureCodeSequence: [],
        CompletionFlag: 'COMPLETE',
        VerificationFlag: 'UNVERIFIED',
        PreliminaryFlag: 'PRELIMINARY',
        PredecessorDocumentsSequence: predecessorOf(input, source.studyUid),
        CurrentRequestedProcedureEvidenceSequence: hierarchyOf(used),
        ValueType: 'CONTAINER',
        ConceptNameCodeSequence: [codeItem(dcm('126000', 'Imaging Measurement Report'))],
        ContentSequence: contentOf(input, runs, images, segments),
      }),
      content.containerValue('1500'),
    ),
  );
}

function distinct(images: readonly SourceImage[]): SourceImage[] {
  return [...new Map(images.map((image) => [image.sopInstanceUid, image])).values()];
}

function predecessorOf({ predecessor }: ResultInput, studyUid: string): DataSetOut[] | undefined {
  return predecessor && hierarchyOf([{ ...predecessor, studyUid } satisfies Evidence]);
}

const ENGLISH: Code = { value: 'en', scheme: 'RFC5646', meaning: 'English' };

function contentOf(
  { equipment }: ResultInput,
  runs: readonly ToldRun[],
  images: readonly SourceImage[],
  segments: ReadonlyMap<string, WrittenSegment>,
): DataSetOut[] {
  const groups = runs.flatMap(({ read, findings }) => {
    const algorithm = read.run.document.provenance.model;
    return findings.map((finding) => measurementGroup(finding, algorithm, segments.get(finding.trackingUid)));
  });
  const { modality } = images[0] as SourceImage;
  return [
    content.code('HAS CONCEPT MOD', dcm('121049', 'Language of Content Item and Descendants'), ENGLISH),
    ...observer(equipment),
    content.code('HAS CONCEPT MOD', dcm('121058', 'Procedure reported'), procedureOf(modality)),
    imageLibrary(images),
    ...measurements(groups),
    ...remarks(runs),
  ];
}

/**
 * The groups, where TID 1500 has them. It includes a template for groups with a place and one for those without by conditions on all
 * groups together, and who checks it literally finds fault with a mixture. So beside groups with a place those without stand in a
 * container of our own, which the template, being extensible, admits; and so does a single outline beside segments.
 */
function measurements(groups: readonly Group[]): DataSetOut[] {
  const outlines = groups.reduce((sum, group) => sum + group.outlines, 0);
  const hasSegments = groups.some((group) => isPlaced(group) && group.outlines === 0);
  const isMain = (group: Group): boolean => isPlaced(group) && !(hasSegments && outlines === 1 && group.outlines === 1);
  const main = groups.some(isPlaced) ? groups.filter(isMain) : groups;
  const others = groups.filter((group) => !main.includes(group));
  const containers: [Code, readonly Group[]][] = [
    [dcm('126010', 'Imaging Measurements'), main],
    [own('further-findings', 'Further findings'), others],
  ];
  return containers
    .filter(([, inside]) => inside.length > 0)
    .map(([concept, inside]) =>
      content.container(
        concept,
        inside.map(({ item }) => item),
      ),
    );
}

const COMMENT = dcm('121106', 'Comment');

/** Warnings are about an answer as a whole, and no finding's: they stand in a container of their own, with the model that gave them. */
function remarks(runs: readonly ToldRun[]): DataSetOut[] {
  const told = runs.flatMap(({ read: { run } }) => {
    const { name, version } = run.document.provenance.model;
    return remarksOf(run.document).map((text) => content.text('CONTAINS', COMMENT, `${name} ${version}: ${text}`));
  });
  return told.length === 0 ? [] : [content.container(own('remarks', 'Remarks on the answers'), told)];
}

const isPlaced = ({ template }: Group): boolean => template !== '1501';

/** TID 1001, 1002 and 1004: a device observed, no person. */
function observer({ manufacturer, model, version, serial }: ResultEquipment): DataSetOut[] {
  const said = (code: string, meaning: string, value: string): DataSetOut =>
    content.text('HAS OBS CONTEXT', dcm(code, meaning), value);
  return [
    content.code('HAS OBS CONTEXT', dcm('121005', 'Observer Type'), dcm('121007', 'Device')),
    content.uidRef(
      'HAS OBS CONTEXT',
      dcm('121012', 'Device Observer UID'),
      uidFrom('device', manufacturer, model, serial),
    ),
    said('121013', 'Device Observer Name', `${model} ${version}`),
    said('121014', 'Device Observer Manufacturer', manufacturer),
    said('121015', 'Device Observer Model Name', model),
    said('121016', 'Device Observer Serial Number', serial),
  ];
}
