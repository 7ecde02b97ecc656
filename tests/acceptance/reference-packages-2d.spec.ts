import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { READERS, type Finding, type Picture, type ScoredLabel, type Tensor } from '@medserve/clinical';
import { loadPackage, onnxEngine } from '@medserve/engines';
import { compileRecipe } from '@medserve/imaging';
import sharp from 'sharp';

const ROOT = join(__dirname, '..', '..');
const DATA = join(ROOT, '..', 'shared', 'data');
const HAS_DATA = existsSync(DATA);
const NO_DATA = '(skipped: the folder ../shared/data with real images is not beside this checkout)';

interface Served {
  look(picture: Picture): Promise<Finding>;
  close(): Promise<void>;
}

/** A package as a host serves it: recipe, graph, reader. */
async function open(name: string): Promise<Served> {
  const { folder, modelFile, manifest } = await loadPackage({
    layout: 'medserve',
    folder: join(ROOT, 'models', name, '1'),
  });
  const session = await onnxEngine.load({ folder, modelFile, threads: 1 }, new AbortController().signal);
  const reader = READERS.get(manifest.read?.reader ?? '');
  const input = manifest.inputs[0];
  if (reader === undefined || input === undefined) throw new Error('the package names no reader or input');
  const recipe = compileRecipe(input.recipe);
  const parameters = reader.parameters.parse(manifest.read?.parameters);
  return {
    async look(picture) {
      const { tensor, placement } = recipe.apply(picture, input.tensor);
      const outputs = (await session.run([tensor])) as Tensor[];
      return reader.read(
        { input: picture, placement, outputs: new Map(outputs.map((output) => [output.name, output])) },
        parameters,
      );
    },
    close: () => session.close(),
  };
}

async function image(path: string): Promise<Picture> {
  const { data, info } = await sharp(join(DATA, path))
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`${path} has ${String(info.channels)} channels`);
  return {
    kind: 'picture',
    width: info.width,
    height: info.height,
    channels: 3,
    sampleType: 'uint8',
    samples: new Uint8Array(data),
  };
}

function labels(finding: Finding, about: string): readonly ScoredLabel[] {
  const { answer } = finding;
  const found = [answer, ...(answer.parts ?? [])].find(
    (part) => part.kind === 'classification' && part.about === about,
  );
  return found?.kind === 'classification' ? found.labels : [];
}

const best = (finding: Finding, about: string): string | undefined => labels(finding, about)[0]?.code;

const describeWithData = HAS_DATA ? describe : describe.skip;

describeWithData(`the recogniser on real images ${HAS_DATA ? '' : NO_DATA}`, () => {
  let recogniser: Served;
  beforeAll(async () => {
    recogniser = await open('recogniser');
  });
  afterAll(() => recogniser.close());

  it.each([
    ['images/retina.jpg', 'fundus'],
    ['images/ihc.png', 'pathology'],
    ['images/nih-00000001_000.png', 'radiology'],
    ['images/nih-00027426_000.png', 'radiology'],
    ['images/chelsea.png', 'none'],
    ['images/coffee.png', 'none'],
  ])('says of %s: %s', async (path, expected) => {
    const finding = await recogniser.look(await image(path));
    expect(best(finding, 'image kind')).toBe(expected);
    expect(finding.decision).toBe('answered');
  });

  it('says radiology and pathology of the labelled sets', async () => {
    for (const [folder, expected] of [
      ['vqa-rad/images', 'radiology'],
      ['blood-cells/images', 'pathology'],
    ] as const) {
      const names = readdirSync(join(DATA, folder))
        .sort()
        .filter((_, index) => index % 50 === 0);
      for (const name of names)
        expect([name, best(await recogniser.look(await image(join(folder, name))), 'image kind')]).toEqual([
          name,
          expected,
        ]);
    }
  }, 60_000);
});

describeWithData(`organ and modality of real images ${HAS_DATA ? '' : NO_DATA}`, () => {
  let model: Served;
  beforeAll(async () => {
    model = await open('organ-modality');
  });
  afterAll(() => model.close());

  it('tells a chest film', async () => {
    const finding = await model.look(await image('images/nih-00000001_000.png'));
    expect(labels(finding, 'organ')[0]).toMatchObject({ code: '51185008', system: 'http://snomed.info/sct' });
    expect(best(finding, 'modality')).toBe('DX');
  });

  it('tells the organ of the labelled set', async () => {
    const questions = JSON.parse(readFileSync(join(DATA, 'vqa-rad', 'questions.json'), 'utf8')) as {
      image_name: string;
      image_organ: string;
    }[];
    const organs = new Map(questions.map(({ image_name, image_organ }) => [image_name, image_organ]));
    const codes: Readonly<Record<string, string>> = { HEAD: '69536005', CHEST: '51185008', ABD: '818983003' };
    const names = [...organs.keys()].sort().filter((_, index) => index % 25 === 0);
    for (const name of names) {
      const finding = await model.look(await image(join('vqa-rad', 'images', name)));
      expect([name, best(finding, 'organ')]).toEqual([name, codes[organs.get(name) ?? '']]);
    }
  }, 60_000);
});
