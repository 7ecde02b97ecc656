import type { Answer, AnswerDocument, Segmentation, SliceSource } from '@medserve/clinical';
import type { ResultInput, SourceInstance } from '@medserve/imaging';
import { answerDocument, ctSlice, dicomFile, image, rectangle, type DicomItem } from '@medserve/testkit';
import { hasSharedData, sharedFile, sharedFolder } from '../support/shared-data';

/** An input that results are made of, for the validators of others. */
export interface NamedInput {
  readonly name: string;
  readonly input: ResultInput;
  /** The first source, of whose own faults the copies are not guilty. */
  readonly source: Buffer;
}

const GRID = { rows: 37, columns: 29 };
const EQUIPMENT = { manufacturer: 'MedServe', model: 'MedServe', version: '0.1.0', serial: '1' };
const BONE = { code: '272673000', system: 'http://snomed.info/sct', display: 'Bone' };
const NODULE = { code: 'nodule', display: 'Nodule' };

const sourceOf = (file: Buffer): SourceInstance => ({ header: file, read: () => Promise.resolve(file) });

interface Run {
  readonly name: string;
  readonly answer: Answer | AnswerDocument;
  readonly files: readonly Buffer[];
  readonly slices?: readonly SliceSource[];
}

function named(name: string, runs: readonly Run[], more: Partial<ResultInput> = {}): NamedInput {
  const [first] = runs;
  if (first?.files[0] === undefined) throw new Error('an input has at least one file');
  return {
    name,
    source: first.files[0],
    input: {
      runs: runs.map(({ name: run, answer, files, slices }) => {
        const ordered = slices ?? (files.length > 1 ? files.map((_, input) => ({ input })) : undefined);
        const document = 'kind' in answer ? answerDocument(answer, files.length, ordered) : answer;
        return { name: `route/${run}`, requestId: `request-${run}`, document, sources: files.map(sourceOf) };
      }),
      generation: 1,
      equipment: EQUIPMENT,
      now: new Date('2026-11-26T05:00:00.123Z'),
      wants: ['sr', 'seg', 'sc', 'gsps'],
      ...more,
    },
  };
}

/** Two segments that overlap, one of them of few slices, and one that is not there. */
export function segments(slices: number, { rows, columns }: typeof GRID): Segmentation {
  const at = (index: number) => ({ x: 1 + index, y: 4, width: columns >> 1, height: (rows >> 1) - index });
  const placed = Array.from({ length: slices - 2 }, (_, index) => ({
    segment: 'bone',
    slice: index + 1,
    counts: rectangle({ rows, columns }, at(index % 3)),
  }));
  const bleed = { x: columns - 9, y: rows - 12, width: 6, height: 7 };
  return {
    kind: 'segmentation',
    segments: [
      { id: 'bone', label: BONE, measurements: [{ code: 'volume', display: 'Volume', value: 123.45, unit: 'mL' }] },
      { id: 'bleed', label: { code: 'bleed-of-a-kind-with-a-long-name', display: 'Bleed' }, score: 0.875 },
      { id: 'none', label: { code: 'hemorrhage', display: 'Hemorrhage' } },
    ],
    grid: { slices, rows, columns },
    masks: [...placed, { segment: 'bleed', slice: 2, counts: rectangle({ rows, columns }, bleed) }],
  };
}

const series = (count: number, more: DicomItem = {}): Buffer[] =>
  Array.from({ length: count }, (_, index) => ctSlice(index, GRID.rows, GRID.columns, more));

const frame = { width: GRID.columns, height: GRID.rows };
const box = { label: NODULE, score: 0.91, box: { x: 2.5, y: 3, width: 8, height: 9 } };
const boxes: Answer = {
  kind: 'regions',
  frame,
  regions: [
    { id: 'r1', ...box },
    { id: 'r2', label: { code: 'strange thing', display: 'Strange' }, polygon: [[15, 15], [25, 16], [20, 30]] }, // oxfmt-ignore
    { id: 'r3', label: NODULE, mask: { ...frame, counts: rectangle(GRID, { x: 20, y: 2, width: 5, height: 6 }) } },
  ],
};
const oneBox: Answer = { kind: 'regions', frame, regions: [box] };
const classes: Answer = {
  kind: 'classification',
  about: 'organ',
  labels: [
    { code: '69536005', system: 'http://snomed.info/sct', display: 'Head', score: 0.9 },
    { code: '51185008', system: 'http://snomed.info/sct', display: 'Chest', score: 0.08 },
  ],
};
const numbers: Answer = {
  kind: 'measurements',
  measurements: [
    { code: 'bone', display: 'Bone and denser', value: 1 / 3, unit: 'mL' },
    { code: 'stenosis', display: 'Stenosis', value: 40, unit: '%' },
    { code: 'mean', display: 'Mean', value: -31.5, unit: 'HU' },
  ],
};
const report: Answer = {
  kind: 'report',
  sections: [
    { code: 'findings', title: 'Findings', sentences: [{ text: 'Ein Knötchen, 5 µm. 肺结节', regions: ['r1'] }] },
    { code: 'impression', title: 'Impression', sentences: [{ text: 'Nodule.', regions: [] }] },
    { code: 'technique', title: 'Technique', sentences: [{ text: 'AP.', regions: [] }] },
  ],
  parts: [boxes],
};
/** Everything that a model may say too much of. */
const hostile: Answer = {
  kind: 'regions',
  frame,
  regions: [
    {
      label: { code: 'c'.repeat(300), display: 'd'.repeat(3_000) },
      score: 1,
      box: { x: -5, y: -5, width: 15, height: 99 },
    },
    { label: { code: '', display: '' }, box: { x: 100, y: 200, width: 8, height: 9 } },
    { label: { code: 'a\\b\n', display: '\\\u0001' }, polygon: [[1, 1], [5, 5]] }, // oxfmt-ignore
    { label: NODULE, polygon: Array.from({ length: 20_000 }, (_, at): [number, number] => [14 + 9 * Math.cos(at), 18 + 9 * Math.sin(at)]) }, // oxfmt-ignore
  ],
};
const many: Answer = {
  kind: 'regions',
  frame,
  regions: Array.from({ length: 12 }, (_, at) => ({ ...box, box: { x: at % 20, y: at % 30, width: 5, height: 5 } })),
};
const text: Answer = { kind: 'text', text: 'Yes.', reply: { form: 'closed', value: 'yes' }, rationale: 'It is.' };
const warned: AnswerDocument = { ...answerDocument(boxes, 1), warnings: ['The spacing is rough.', 'Few slices.'] };
const abstained: AnswerDocument = { ...answerDocument(numbers, 1), decision: 'abstained', warnings: ['Too dark.'] };

/** A projection image: it has a spacing at the detector and no place in space. */
const radiograph = (more: DicomItem = {}): Buffer =>
  ctSlice(0, GRID.rows, GRID.columns, {
    0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.1.1'],
    0x00080018: ['UI', '1.2.3.4.5.700'],
    0x0020000e: ['UI', '1.2.3.4.71'],
    0x00080060: ['CS', 'DX'],
    0x00180015: ['CS', 'CHEST'],
    0x00181164: ['DS', '0.2\\0.2'],
    0x00200020: ['CS', 'L\\F'],
    0x00200032: ['DS', ''],
    0x00200037: ['DS', ''],
    0x00200052: ['UI', ''],
    0x00200062: ['CS', 'U'],
    0x00280030: ['DS', ''],
    ...more,
  });

/** An enhanced CT object of five frames, each with a place of its own. */
function enhanced(): Buffer {
  const place = (index: number): DicomItem => ({
    0x00209113: ['SQ', [{ 0x00200032: ['DS', `-10\\-20\\${String(3 * index)}`] }]],
  });
  return dicomFile(
    image(GRID.rows, GRID.columns, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2.1'],
      0x00080018: ['UI', '1.2.3.4.5.900'],
      0x00080060: ['CS', 'CT'],
      0x00100010: ['PN', 'Doe^Jane'],
      0x00100020: ['LO', 'ID1'],
      0x0020000d: ['UI', '1.2.3.4.6'],
      0x0020000e: ['UI', '1.2.3.4.70'],
      0x00200052: ['UI', '1.2.3.4.80'],
      0x00280008: ['IS', '5'],
      0x52009229: [
        'SQ',
        [
          {
            0x00209116: ['SQ', [{ 0x00200037: ['DS', '1\\0\\0\\0\\1\\0'] }]],
            0x00289110: ['SQ', [{ 0x00180050: ['DS', '3'], 0x00280030: ['DS', '0.5\\0.5'] }]],
          },
        ],
      ],
      0x52009230: ['SQ', [0, 1, 2, 3, 4].map(place)],
      0x7fe00010: ['OW', Buffer.alloc(2 * 5 * GRID.rows * GRID.columns, 7)],
    }),
  );
}

const named8 = (set: string, name: Buffer): DicomItem => ({ 0x00080005: ['CS', set], 0x00100010: ['PN', name] });

/** The real head CT: tilted, its slices at uneven distances. */
export const headCt = (): Buffer[] =>
  sharedFolder('dicom-series', 'head-ct-ge')
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => sharedFile('dicom-series', 'head-ct-ge', name));

export function headInput(): NamedInput {
  const files = headCt();
  const answer = { ...segments(files.length, { rows: 512, columns: 512 }), parts: [numbers] };
  return named('head-ct', [{ name: 'regions', answer, files }]);
}

export const evenInput = (): NamedInput =>
  named('even', [{ name: 'regions', answer: segments(6, GRID), files: series(6) }]);

/** Every kind of answer and of source that hospitals send. */
export function allInputs(): NamedInput[] {
  const one = series(1);
  const run = (name: string, answer: Answer | AnswerDocument, files: readonly Buffer[] = one): Run => ({ name, answer, files }); // oxfmt-ignore
  const before = { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34', sopInstanceUid: '2.25.77', seriesUid: '2.25.78' };
  const japanese = Buffer.from('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'latin1');
  const none: Answer = { kind: 'regions', frame, regions: [] };
  const slices = [0, 1, 2, 3, 4].map((index) => ({ input: 0, frame: index + 1 }));
  return [
    ...(hasSharedData ? [headInput()] : []),
    evenInput(),
    named('boxes', [run('boxes', boxes)]),
    named('radiograph', [run('boxes', boxes, [radiograph()])]),
    named('radiograph-inverse', [run('box', oneBox, [radiograph({ 0x00280004: ['CS', 'MONOCHROME1'] })])]),
    named('classes', [run('classes', classes)]),
    named('numbers', [run('numbers', numbers)]),
    named('report', [run('report', report)]),
    named('text', [run('text', text)]),
    named('embedding', [run('embedding', { kind: 'embedding', values: [1, 2, 3] })]),
    named('negative', [run('boxes', none)]),
    named('hostile', [run('boxes', hostile)]),
    named('many', [run('boxes', many)]),
    named('nothing-outlined', [run('segments', { ...segments(6, GRID), masks: [] }, series(6))]),
    named('nothing-sought', [run('segments', { ...segments(6, GRID), segments: [], masks: [] }, series(6))]),
    named('no-words', [run('text', { kind: 'text', text: '' })]),
    named('no-sections', [run('report', { kind: 'report', sections: [] })]),
    named('no-numbers', [run('numbers', { kind: 'measurements', measurements: [] })]),
    named('no-labels', [run('classes', { kind: 'classification', labels: [] })]),
    named('warned', [run('boxes', warned), run('classes', classes)]),
    named('abstained', [run('numbers', abstained)]),
    named('all-runs', [run('segments', segments(6, GRID), series(6)), run('boxes', boxes), run('classes', classes), run('text', text), run('none', none)]), // oxfmt-ignore
    named('segments-and-a-box', [run('segments', segments(6, GRID), series(6)), run('box', oneBox, [radiograph()])]),
    named('second-generation', [run('boxes', boxes)], { generation: 2, predecessor: before }),
    named('utf-8', [run('report', report, series(1, named8('ISO_IR 192', Buffer.from('Müller^Zoë=山田^太郎'))))]),
    named('latin-1', [run('boxes', boxes, series(1, named8('ISO_IR 100', Buffer.from('Müller^Zoë', 'latin1'))))]),
    named('latin-1-report', [run('report', report, series(1, named8('ISO_IR 100', Buffer.from('Müller^Zoë', 'latin1'))))]), // oxfmt-ignore
    named('japanese', [run('boxes', boxes, series(1, named8('\\ISO 2022 IR 87', japanese)))]),
    named('japanese-report', [run('report', report, series(1, named8('\\ISO 2022 IR 87', japanese)))]),
    named('no-frame-of-reference', [run('segments', segments(6, GRID), series(6, { 0x00200052: ['UI', ''] }))]),
    named('enhanced', [{ name: 'segments', answer: segments(5, GRID), files: [enhanced()], slices }]),
  ];
}
