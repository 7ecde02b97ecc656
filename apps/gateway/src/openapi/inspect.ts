import { FORM, NIFTI } from '../inspect/answer-form';
import { inferenceBody, queryParameters } from './asking';
import { SLICES, VIEW } from './image-answers';
import { json, limited, ref, refusals } from './words';

const text = { type: 'string' };
const orNull = (type: string) => ({ type: [type, 'null'] });
const count = { type: 'integer', minimum: 1 };
const pixels = { type: 'string', format: 'binary' };

export const INSPECT_PATHS = {
  '/v1/inspect': {
    post: {
      summary: 'What an image is, why, and what could be asked of it; its decoded pixels where they are asked for',
      description:
        `Nothing is asked of a model but, where no header says what was imaged, of the recogniser; nothing is kept. \`Accept\`: ` +
        `\`application/json\` for the description, \`${NIFTI}\` for the pixels as one NIfTI-1 file, \`${FORM}\` for both. Voxel ` +
        '(i, j, k) of the file is column i, row j, slice k of the coordinates of answers.',
      operationId: 'inspect',
      parameters: queryParameters,
      requestBody: inferenceBody,
      responses: limited({
        '200': {
          description: 'What it is',
          content: {
            ...json(ref('Description')),
            [NIFTI]: { schema: pixels },
            [FORM]: {
              schema: {
                type: 'object',
                required: ['description', 'pixels'],
                properties: { description: ref('Description'), pixels },
              },
            },
          },
        },
        ...refusals(400, 404, 413, 415, 422, 429, 502, 503, 504),
      }),
    },
  },
};

export const INSPECT_SCHEMAS = {
  Description: {
    type: 'object',
    required: ['modality', 'image', 'inputs', 'offers', 'warnings'],
    properties: {
      modality: {
        type: 'object',
        required: ['declared', 'detected', 'source', 'served', 'title', 'why', 'choices', 'detail'],
        properties: {
          declared: orNull('string'),
          detected: orNull('string'),
          source: { enum: ['header', 'pixels', 'declared', 'none'] },
          served: { ...orNull('string'), description: 'Null: one of `choices` has to be declared' },
          title: orNull('string'),
          why: { ...text, description: 'What in the header or in the pixels decided, in a sentence' },
          choices: {
            type: 'array',
            description: 'What it may be declared as, where it does not say itself what it is',
            items: { type: 'object', required: ['id', 'title'], properties: { id: text, title: text } },
          },
          detail: { type: 'object' },
        },
      },
      image: {
        type: 'object',
        required: ['kind', 'columns', 'rows', 'slices', 'samplesPerPixel', 'spacingMm', 'window', 'orientation'],
        properties: {
          kind: { enum: ['image', 'volume'] },
          columns: count,
          rows: count,
          slices: count,
          samplesPerPixel: { enum: [1, 3] },
          spacingMm: {
            ...orNull('object'),
            description: 'Millimetres between the centres of neighbours along columns, rows and slices',
            required: ['x', 'y', 'z'],
            properties: { x: { type: 'number' }, y: { type: 'number' }, z: orNull('number') },
          },
          window: {
            ...orNull('object'),
            description: 'How its header has it shown, in units of the rescaled samples',
            required: ['center', 'width', 'function'],
            properties: {
              center: { type: 'number' },
              width: { type: 'number' },
              function: {
                enum: ['linear', 'linear-exact', 'sigmoid'],
                description: 'How values become brightness: VOI LUT Function (DICOM PS3.3 C.11.2.1.3)',
              },
            },
          },
          isInverted: { type: 'boolean', description: 'Whether the smaller sample is the brighter' },
          orientation: {
            ...orNull('object'),
            description: 'Where columns, rows and slices grow to, in letters (DICOM PS3.3 C.7.6.1.1.1)',
            required: ['x', 'y', 'z'],
            properties: { x: text, y: text, z: orNull('string') },
          },
        },
      },
      series: {
        type: 'object',
        description: 'Of DICOM objects that say it: the series that they are of, in the words of its header',
        required: ['uid'],
        properties: { uid: text, number: { type: 'integer' }, modality: text, description: text },
      },
      inputs: { type: 'array', items: { type: 'object', required: ['sha256', 'kind', 'bytes'] } },
      slices: SLICES,
      view: VIEW,
      offers: {
        type: 'array',
        items: {
          type: 'object',
          required: ['modality', 'task', 'title', 'question', 'wantsPhrase', 'isDefault', 'models'],
          properties: {
            modality: text,
            task: text,
            title: text,
            question: { enum: ['none', 'required'] },
            wantsPhrase: {
              type: 'boolean',
              description: 'Whether it wants `parameters.phrase` or `parameters.region`',
            },
            isDefault: { type: 'boolean' },
            models: {
              type: 'array',
              items: {
                type: 'object',
                required: ['name', 'version', 'title', 'isDefault', 'state', 'isWarm'],
                properties: {
                  name: text,
                  version: text,
                  title: text,
                  isDefault: { type: 'boolean' },
                  state: text,
                  isWarm: { type: 'boolean', description: 'Whether it can answer at once' },
                  expectedLoadMs: { type: 'integer', minimum: 1 },
                },
              },
            },
          },
        },
      },
      warnings: { type: 'array', items: text },
    },
  },
};
