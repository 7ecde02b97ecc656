const text = { type: 'string' };
const index = { type: 'integer', minimum: 0 };
const coded = {
  type: 'object',
  required: ['code', 'display'],
  properties: { code: text, system: text, display: text },
};
const measurement = {
  type: 'object',
  required: ['code', 'display', 'value', 'unit'],
  properties: { code: text, system: text, display: text, value: { type: 'number' }, unit: text },
};

/** Of the kind `segmentation`. */
export const SEGMENTATION = {
  segments: {
    type: 'array',
    description: 'Of `segmentation`: what was looked for; one without masks was not found',
    items: {
      type: 'object',
      required: ['id', 'label'],
      properties: {
        id: text,
        label: coded,
        category: coded,
        score: { type: 'number', minimum: 0, maximum: 1 },
        measurements: { type: 'array', items: measurement },
      },
    },
  },
  grid: {
    type: 'object',
    description: 'Of `segmentation`: the grid of the volume as it was sent',
    required: ['slices', 'rows', 'columns'],
    properties: { slices: index, rows: index, columns: index },
  },
  masks: {
    type: 'array',
    description:
      'Of `segmentation`: run lengths of a slice by rows, beginning with zeros; slices that hold nothing of a segment have none',
    items: {
      type: 'object',
      required: ['segment', 'slice', 'counts'],
      properties: { segment: text, slice: index, counts: { type: 'array', items: index } },
    },
  },
};

/** `provenance.slices`. */
export const SLICES = {
  type: 'array',
  description:
    'Of a volume: one entry a slice, in its order, with its place in `inputs` and, of several, the frame from 1',
  items: {
    type: 'object',
    required: ['input'],
    properties: { input: index, frame: { type: 'integer', minimum: 1 } },
  },
};

/** `provenance.view`. */
export const VIEW = {
  type: 'object',
  description:
    'Where `parameters.view` asked for a frame or a region: what was looked at. Coordinates of the answer count from its corner',
  properties: {
    frame: { type: 'integer', minimum: 1 },
    region: {
      type: 'object',
      required: ['x', 'y', 'width', 'height', 'level', 'downsample'],
      properties: { x: index, y: index, width: index, height: index, level: index, downsample: { type: 'number' } },
    },
  },
};
