import type { Answer, AnswerDocument, StudyContext } from '@medserve/clinical';
import type { InteropInput } from '@medserve/interop';

/* Inputs for tests: one answer of every kind, with everything that a text may hold. */

export const REQUEST = '01900000-0000-7000-8000-000000000001';
const SNOMED = 'http://snomed.info/sct';

/** Delimiters of HL7, markup, line ends, a control character, and letters beyond Latin. */
export const AWKWARD = 'A|B^C~D\\E&F <b>"G"</b>\r\nH\u0001 Ümlaut 肺 \u{1f9e0}';

export const ANSWERS = {
  classification: {
    kind: 'classification',
    labels: [
      { code: 'opacity', display: 'Opacity', score: 0.9 },
      { code: '39607008', system: SNOMED, display: 'Lung', score: 0.1 },
    ],
  },
  'classification about something': {
    kind: 'classification',
    about: 'organ',
    labels: [{ code: '39607008', system: SNOMED, display: 'Lung', score: 1 }],
  },
  regions: {
    kind: 'regions',
    frame: { width: 100, height: 80 },
    regions: [
      { id: 'a', label: { code: 'nodule', display: 'Nodule' }, score: 0.5, box: { x: 1, y: 2, width: 3, height: 4 } },
      {
        id: 'b',
        label: { code: 'nodule', display: 'Nodule' },
        polygon: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      },
      { id: 'c', label: { code: 'effusion', display: 'Effusion' }, mask: { width: 2, height: 2, counts: [1, 3] } },
    ],
    rationale: AWKWARD,
  },
  'no region': { kind: 'regions', frame: { width: 100, height: 80 }, regions: [] },
  measurements: {
    kind: 'measurements',
    measurements: [
      { code: '118565006', system: SNOMED, display: 'Volume', value: 1e-9, unit: 'mL' },
      { code: 'length', display: 'Length', value: 12.5, unit: 'mm' },
      { code: 'length', display: 'Length', value: -1, unit: 'mm' },
    ],
  },
  'no measurement': { kind: 'measurements', measurements: [] },
  'text that is closed': { kind: 'text', text: 'Yes, there is.', reply: { form: 'closed', value: 'yes' } },
  'text that chooses': {
    kind: 'text',
    text: 'Left.',
    reply: { form: 'choice', chosen: [{ code: 'left', display: 'Left' }] },
    rationale: AWKWARD,
  },
  'text that is open': { kind: 'text', text: AWKWARD, reply: { form: 'open' } },
  'text that is empty': { kind: 'text', text: ' ' },
  report: {
    kind: 'report',
    sections: [
      { code: 'findings', title: 'Findings', sentences: [{ text: AWKWARD, regions: [] }] },
      { code: 'impression', title: 'Impression', sentences: [{ text: 'Normal.', regions: [] }] },
      { code: 'other', title: '', sentences: [] },
    ],
    parts: [{ kind: 'regions', frame: { width: 1, height: 1 }, regions: [] }],
  },
  segmentation: {
    kind: 'segmentation',
    grid: { slices: 1, rows: 2, columns: 2 },
    segments: [
      {
        id: '1',
        label: { code: '10200004', system: SNOMED, display: 'Liver' },
        score: 0.9,
        measurements: [{ code: '118565006', system: SNOMED, display: 'Volume', value: 3, unit: 'mL' }],
      },
      { id: '2', label: { code: 'tumour', display: 'Tumour' } },
    ],
    masks: [{ segment: '1', slice: 0, counts: [1, 3] }],
  },
  'no segment': { kind: 'segmentation', grid: { slices: 1, rows: 2, columns: 2 }, segments: [], masks: [] },
  embedding: { kind: 'embedding', values: [0.1, 0.2] },
} as const satisfies Record<string, Answer>;

export const CONTEXT: StudyContext = {
  patient: { id: 'P|1^2', issuer: 'HOSP&ITAL', name: 'Müller^Jörg&A^^Dr', birthDate: '19700102', sex: 'M' },
  study: {
    uid: '1.2.826.0.1.3680043.8.498.1',
    date: '20260102',
    time: '101112.5',
    utcOffset: '+0100',
    id: 'S1',
    accession: 'ACC~1',
    description: AWKWARD.replace(/\p{Cc}/gu, ' '),
    referringPhysician: 'Who^Doc',
    procedure: { code: 'CTHEAD', system: 'urn:medserve:dicom:scheme:99LOCAL', display: 'CT of the head' },
    placerOrder: 'PL1',
  },
  series: [
    {
      uid: '1.2.826.0.1.3680043.8.498.2',
      modality: 'CT',
      number: 2,
      description: 'Axial',
      bodyPart: 'HEAD',
      laterality: 'L',
      instances: [
        {
          sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
          sopInstanceUid: '1.2.826.0.1.3680043.8.498.3',
          number: 1,
          input: 0,
        },
      ],
    },
  ],
};

export const documentOf = (answer: Answer, more: Partial<AnswerDocument> = {}): AnswerDocument => ({
  id: REQUEST,
  status: 'completed',
  task: 'measure',
  modality: {
    declared: null,
    detected: 'ct3d',
    source: 'dicom',
    served: 'ct3d',
    detail: { dicomModality: 'CT', bodyPart: 'HEAD' },
  },
  answer,
  confidence: {},
  decision: 'answered',
  warnings: [AWKWARD],
  evidence: [],
  provenance: {
    model: { name: 'ct-tissue', version: '1', digest: `sha256:${'ab'.repeat(32)}` },
    engine: 'onnx',
    inputs: [{ sha256: 'cd'.repeat(32), kind: 'dicom', bytes: 10 }],
    record: { accepted: '01900000-0000-7000-8000-0000000000a1', completed: '01900000-0000-7000-8000-0000000000a2' },
    timings: {},
  },
  ...more,
});

export const inputOf = (answer: Answer, more: Partial<AnswerDocument> = {}): InteropInput => ({
  runs: [{ requestId: REQUEST, document: documentOf(answer, more) }],
  context: CONTEXT,
  device: { manufacturer: 'MedServe', model: 'MedServe', version: '0.1.0', serial: 'one' },
  generation: 1,
  now: new Date('2026-11-26T05:00:00.250Z'),
  baseUrl: 'https://medserve.test',
});

const SECOND: StudyContext['series'][number] = {
  ...(CONTEXT.series[0] as StudyContext['series'][number]),
  instances: [
    { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.826.0.1.3680043.8.498.4', number: 7, input: 0 },
  ],
};

/** What one model says of two images of a series, each by a run of its own. */
export const TWO_IMAGES: InteropInput = {
  ...inputOf(ANSWERS.classification),
  runs: [
    { requestId: REQUEST, name: 'xray/organ-a', document: documentOf(ANSWERS.classification), series: CONTEXT.series },
    {
      requestId: '01900000-0000-7000-8000-000000000002',
      name: 'xray/organ-b',
      document: documentOf(ANSWERS.classification),
      series: [SECOND],
    },
  ],
};

/** Every kind of answer, and the inputs that lack what the others have. */
export const INPUTS: Readonly<Record<string, InteropInput>> = {
  ...Object.fromEntries(Object.entries(ANSWERS).map(([name, answer]) => [name, inputOf(answer)])),
  'an answer that the model does not stand by': inputOf(ANSWERS.classification, { decision: 'abstained' }),
  'two images that the same model was asked about': TWO_IMAGES,
  'an image that is of no study': { ...inputOf(ANSWERS.regions), context: undefined, baseUrl: undefined },
  'a study that says next to nothing': {
    ...inputOf(ANSWERS.measurements),
    context: { patient: {}, study: { uid: '1.2.3' }, series: [] },
  },
  'two answers of two models, corrected, with their objects': {
    ...inputOf(ANSWERS.segmentation),
    runs: [
      { requestId: REQUEST, name: 'head/tissue', document: documentOf(ANSWERS.segmentation) },
      {
        requestId: '01900000-0000-7000-8000-000000000002',
        name: 'head/bleed',
        document: documentOf(ANSWERS.classification, {
          task: 'classify',
          provenance: {
            ...documentOf(ANSWERS.classification).provenance,
            model: { name: 'bleed net', version: '2', digest: `sha256:${'ef'.repeat(32)}` },
          },
        }),
      },
    ],
    generation: 2,
    instances: [
      {
        sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
        sopInstanceUid: '2.25.1',
        seriesUid: '2.25.2',
        modality: 'SR',
      },
    ],
  },
};
