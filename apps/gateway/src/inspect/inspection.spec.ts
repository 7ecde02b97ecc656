import { Sensitive, type StudyContext, type Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { DecodedStudy } from '@medserve/imaging';
import { catalogueEntry } from '@medserve/testkit';
import type { Dispatched } from '../infer/ports';
import { parseWishes } from '../intake/parse-wishes';
import { ImageWorld, PRINCIPAL } from '../testing/image-world';
import { Inspection } from './inspection';

const AXIAL: Volume = {
  kind: 'volume',
  slices: 2,
  rows: 1,
  columns: 2,
  sampleType: 'int16',
  samples: Int16Array.of(-1000, 0, 40, 60),
  geometry: {
    spacingMm: { row: 0.5, column: 0.25 },
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    slicePositionsMm: [
      [0, 0, 0],
      [0, 0, 5],
    ],
  },
};

const inputs = [{ sha256: '00', kind: 'dicom' as const, bytes: 1 }];
const CT: DecodedStudy = {
  decoded: AXIAL,
  window: { centre: 40, width: 80 },
  facts: {
    container: 'dicom',
    dimensions: 3,
    width: 2,
    height: 1,
    depth: 2,
    channels: 1,
    dicom: { modality: 'CT', bodyPart: 'HEAD' },
  },
  inputs,
  slices: [{ input: 0 }, { input: 1 }],
  warnings: ['One was left out.'],
};
const NIFTI: DecodedStudy = {
  decoded: AXIAL,
  facts: { container: 'nifti', dimensions: 3, width: 2, height: 1, depth: 2, channels: 1 },
  inputs,
  warnings: [],
};
const PHOTO: DecodedStudy = {
  decoded: { kind: 'picture', width: 1, height: 1, channels: 1, sampleType: 'uint8', samples: Uint8Array.of(7) },
  facts: { container: 'raster', dimensions: 2, width: 1, height: 1, depth: 1, channels: 1 },
  inputs,
  warnings: [],
};

const verdict = (code: string, decision: 'answered' | 'abstained' = 'answered'): Partial<Dispatched> => ({
  finding: {
    answer: { kind: 'classification', labels: [{ code, display: code, score: 0.9 }] },
    decision,
    confidence: {},
    evidence: [],
    warnings: [],
  },
});

const MODELS = [
  catalogueEntry('ct', { serves: [{ task: 'measure', modality: 'ct3d', default: true }] }),
  catalogueEntry('mr', { serves: [{ task: 'measure', modality: 'mr3d', default: true }] }),
  catalogueEntry('eye', { serves: [{ task: 'segment', modality: 'fundus', default: true }] }),
];

function look(study: DecodedStudy, wishes: object = {}, recogniser: Partial<Dispatched> = verdict('fundus')) {
  const world = new ImageWorld();
  world.offer(...MODELS);
  const asked: unknown[] = [];
  const held: number[] = [];
  const inspection = new Inspection({
    decoder: { decode: () => Promise.resolve(study) },
    dispatcher: {
      dispatch: (order) => {
        asked.push(order.task);
        return Promise.resolve(recogniser as Dispatched);
      },
    },
    catalogue: world.catalogue,
    instruments: world.instruments,
  });
  const image = { ...parseWishes(wishes), files: [{ bytes: Buffer.from('x') }] };
  const signal = new AbortController().signal;
  const hold = (bytes: number): void => void held.push(bytes);
  const inspected = inspection.inspect(PRINCIPAL, image, { asNifti: false, hold, signal });
  return { asked, held, description: inspected.then(({ description }) => description) };
}

describe('the description of an image', () => {
  it('says what it is, why, and how it is laid out, in the words of its header', async () => {
    const { description, asked, held } = look(CT);
    expect(await description).toMatchObject({
      modality: { detected: 'ct3d', served: 'ct3d', source: 'header', title: 'CT, a volume', choices: [] },
      image: {
        kind: 'volume',
        columns: 2,
        rows: 1,
        slices: 2,
        spacingMm: { x: 0.25, y: 0.5, z: 5 },
        window: { center: 40, width: 80 },
        orientation: { x: 'L', y: 'P', z: 'H' },
      },
      slices: [{ input: 0 }, { input: 1 }],
      warnings: ['One was left out.'],
    });
    expect((await description).modality.why).toContain('CT and the body part HEAD');
    expect((await description).offers.map(({ modality, task }) => [modality, task])).toEqual([['ct3d', 'measure']]);
    expect([asked, held]).toEqual([[], [AXIAL.samples.byteLength]]);
  });

  it('says which series it is of, and nothing else of the study', async () => {
    const series = { uid: '1.2.3', number: 4, modality: 'CT', description: 'Axial', bodyPart: 'HEAD', instances: [] };
    const context: StudyContext = {
      patient: { name: 'Doe^Jane' },
      study: { uid: '1.2', description: 'Fall' },
      series: [series],
    };
    const description = await look({ ...CT, context: new Sensitive(context) }).description;
    expect(description.series).toEqual({ uid: '1.2.3', number: 4, modality: 'CT', description: 'Axial' });
    expect(JSON.stringify(description)).not.toMatch(/Doe|Fall/);
    expect((await look(CT).description).series).toBeUndefined();
  });

  it('of a volume that does not say what it is offers what it could be declared as', async () => {
    const { modality, offers } = await look(NIFTI).description;
    expect(modality).toMatchObject({ detected: null, served: null, source: 'none' });
    expect(modality.why).toMatch(/does not say what was imaged/);
    expect(modality.choices.map(({ id }) => id)).toEqual(['ct3d', 'mr3d']);
    expect(offers.map(({ modality: of }) => of)).toEqual(['ct3d', 'mr3d']);
  });

  it('does not offer what the values of a volume contradict', async () => {
    const magnitudes = { ...NIFTI, decoded: { ...AXIAL, samples: Int16Array.of(0, 100, 200, 300) } };
    expect((await look(magnitudes).description).modality.choices.map(({ id }) => id)).toEqual(['mr3d']);
    await expect(look(magnitudes, { modality: 'ct3d' }).description).rejects.toMatchObject({
      reason: 'modality_mismatch',
    });
  });

  it('follows what was declared, and leaves the other choices open', async () => {
    const { modality } = await look(NIFTI, { modality: 'ct3d' }).description;
    expect(modality).toMatchObject({ declared: 'ct3d', detected: 'ct3d', served: 'ct3d', source: 'pixels' });
    expect(modality.choices.map(({ id }) => id)).toEqual(['ct3d', 'mr3d']);
  });

  it('of a picture without a header asks the recogniser, and says how sure that is', async () => {
    const { description, asked } = look(PHOTO);
    const { modality } = await description;
    expect(modality).toMatchObject({ detected: 'fundus', source: 'pixels', choices: [] });
    expect(modality.why).toContain('0.90');
    expect(asked).toEqual(['recognise']);
  });

  it('that the recogniser leaves open lets every picture be declared', async () => {
    const { modality } = await look(PHOTO, {}, verdict('fundus', 'abstained')).description;
    expect([modality.served, modality.choices.map(({ id }) => id)]).toEqual([
      null,
      ['radiology', 'pathology', 'fundus'],
    ]);
  });

  it('of what is no medical image offers nothing', async () => {
    const { modality, offers } = await look(PHOTO, {}, verdict('none')).description;
    expect([modality.served, modality.choices, offers]).toEqual([null, [], []]);
  });

  it.each([
    ['a task that there is not', { task: 'dance' }, 'task_not_found'],
    ['a model that there is not', { model: 'nobody' }, 'model_not_found'],
    ['a modality that there is not', { modality: 'astrology' }, 'invalid_request'],
    ['a declaration against the header', { modality: 'mr3d' }, 'modality_mismatch'],
    ['a view that is none', { parameters: { view: { frame: 0 } } }, 'invalid_request'],
  ])('is refused as an inference is: %s', async (_, wishes, reason) => {
    await expect(look(CT, wishes).description).rejects.toMatchObject({ reason });
  });

  it('is refused where there is no room for its pixels', async () => {
    const world = new ImageWorld();
    world.offer(...MODELS);
    const { catalogue, instruments } = world;
    const dispatcher = { dispatch: () => Promise.reject(new Error('nobody is asked')) };
    const inspection = new Inspection({
      decoder: { decode: () => Promise.resolve(CT) },
      dispatcher,
      catalogue,
      instruments,
    });
    const image = { ...parseWishes({}), files: [] };
    const hold = (): void => {
      throw new ServingError('overloaded', 'Full.');
    };
    const { signal } = new AbortController();
    await expect(inspection.inspect(PRINCIPAL, image, { asNifti: true, hold, signal })).rejects.toMatchObject({
      reason: 'overloaded',
    });
  });
});
