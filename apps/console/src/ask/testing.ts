import type { AnswerDocument } from '@medserve/clinical';
import type { Description, Offer } from '../api';
import type { ImageSet } from '../images/image-set';

export const OFFERS: readonly Offer[] = [
  {
    modality: 'radiology',
    task: 'classify',
    title: 'Classify',
    question: 'none',
    wantsPhrase: false,
    isDefault: true,
    models: [
      {
        name: 'net',
        version: '1',
        title: 'Net',
        isDefault: false,
        state: 'cold',
        isWarm: false,
        expectedLoadMs: 4_000,
      },
      { name: 'net', version: '2', title: 'Net', isDefault: true, state: 'ready', isWarm: true },
    ],
  },
  {
    modality: 'radiology',
    task: 'answer',
    title: 'Answer',
    question: 'required',
    wantsPhrase: false,
    isDefault: false,
    models: [{ name: 'vqa', version: '1', title: 'Vqa', isDefault: true, state: 'ready', isWarm: true }],
  },
  {
    modality: 'radiology',
    task: 'ground',
    title: 'Ground',
    question: 'none',
    wantsPhrase: true,
    isDefault: false,
    models: [{ name: 'vqa', version: '1', title: 'Vqa', isDefault: true, state: 'ready', isWarm: true }],
  },
];

export function descriptionOf(modality: Partial<Description['modality']> = {}, sha256 = 'aa'): Description {
  return {
    modality: {
      declared: null,
      detected: 'radiology',
      served: 'radiology',
      title: 'Radiology',
      source: 'header',
      why: 'Its header says so.',
      detail: {},
      choices: [],
      ...modality,
    },
    image: {
      kind: 'image',
      columns: 2,
      rows: 1,
      slices: 1,
      samplesPerPixel: 1,
      spacingMm: null,
      window: null,
      isInverted: false,
      orientation: null,
    },
    inputs: [{ sha256, kind: 'png', bytes: 2 }],
    offers: OFFERS,
    warnings: [],
  };
}

/** Of as many bytes as are asked for. */
export function imagesOf(sha256 = 'aa', bytes = 2): ImageSet {
  const nifti = new ArrayBuffer(bytes);
  const volume = { columns: bytes, rows: 1, slices: 1, samplesPerPixel: 1, slope: 1, intercept: 0, nifti } as const;
  return { files: [], description: descriptionOf({}, sha256), volume: { ...volume, samples: new Uint8Array(nifti) } };
}

export const DOCUMENT = { id: 'job', status: 'completed' } as AnswerDocument;
