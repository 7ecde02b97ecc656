import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { READERS, type Finding, type Picture, type Regions, type Tensor } from '@medserve/clinical';
import { loadPackage, onnxEngine } from '@medserve/engines';
import { compileRecipe, DECODE_LIMITS, decodeStudy } from '@medserve/imaging';

const ROOT = join(__dirname, '..', '..');
const DATA = join(ROOT, '..', 'shared', 'data');
const onRealImages = existsSync(DATA) ? it : it.skip;
const because = existsSync(DATA)
  ? ''
  : ' (skipped: the folder ../shared/data with real images is not beside this checkout)';

interface Looked {
  readonly finding: Finding;
  readonly outputs: ReadonlyMap<string, Tensor>;
}

interface Served {
  look(picture: Picture): Promise<Looked>;
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
      const outputs = new Map(((await session.run([tensor])) as Tensor[]).map((output) => [output.name, output]));
      return { finding: reader.read({ input: picture, placement, outputs }, parameters), outputs };
    },
    close: () => session.close(),
  };
}

async function real(name: string): Promise<Picture> {
  const { decoded } = await decodeStudy([{ bytes: readFileSync(join(DATA, name)) }], DECODE_LIMITS);
  if (decoded.kind !== 'picture') throw new Error(`${name} is no picture`);
  return decoded;
}

type Colour = readonly [number, number, number];

function draw(width: number, height: number, colour: (x: number, y: number) => Colour): Picture {
  const samples = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) samples.set(colour(at % width, Math.floor(at / width)), at * 3);
  return { kind: 'picture', width, height, channels: 3, sampleType: 'uint8', samples };
}

function figures({ answer }: Finding): Record<string, number> {
  const part = [answer, ...(answer.parts ?? [])].find(({ kind }) => kind === 'measurements');
  return Object.fromEntries(
    part?.kind === 'measurements' ? part.measurements.map(({ code, value }) => [code, value]) : [],
  );
}

function regionsOf({ answer }: Finding): Regions {
  const part = [answer, ...(answer.parts ?? [])].find(({ kind }) => kind === 'regions');
  if (part?.kind !== 'regions') throw new Error('the answer holds no regions');
  return part;
}

describe('stain-nuclei', () => {
  let model: Served;
  beforeAll(async () => {
    model = await open('stain-nuclei');
  });
  afterAll(() => model.close());

  const unit = (v: Colour): Colour => v.map((x) => x / Math.hypot(...v)) as unknown as Colour;
  const [H, DAB] = [unit([0.65, 0.7, 0.29]), unit([0.27, 0.57, 0.78])];
  /** Light through the two stains by Beer-Lambert, over the white that the tile shows. */
  const through = (h: number, dab: number): Colour =>
    [0, 1, 2].map((c) =>
      Math.round(240 * 10 ** -(h * (H[c] as number) + dab * (DAB[c] as number))),
    ) as unknown as Colour;
  const determinant = (a: Colour, b: Colour, c: Colour): number =>
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);

  it('separates stains as the inverse of the stain matrix does, to the last rounding', async () => {
    const picture = draw(64, 64, (x, y) => (x < 16 ? [240, 240, 240] : through(((x - 16) / 48) * 0.9, (y / 64) * 0.9)));
    const { outputs } = await model.look(picture);
    const right: Colour = [H[1] * DAB[2] - H[2] * DAB[1], H[2] * DAB[0] - H[0] * DAB[2], H[0] * DAB[1] - H[1] * DAB[0]];
    const whole = determinant(H, DAB, unit(right));
    for (let at = 0; at < 64 * 64; at += 1) {
      const od = [0, 1, 2].map((c) => -Math.log10((picture.samples[at * 3 + c] as number) / 240)) as unknown as Colour;
      // Cramer's rule: each amount is the matrix with that stain's row replaced by what was measured.
      expect(outputs.get('haematoxylin')?.data[at]).toBeCloseTo(determinant(od, DAB, unit(right)) / whole, 4);
      expect(outputs.get('counterstain')?.data[at]).toBeCloseTo(determinant(H, od, unit(right)) / whole, 4);
    }
  });

  it('counts drawn nuclei exactly, and measures the drawn DAB area', async () => {
    const nuclei = Array.from({ length: 35 }, (_, i) => ({ x: 30 + (i % 7) * 40, y: 30 + Math.floor(i / 7) * 40 }));
    const picture = draw(320, 320, (x, y) => {
      if (nuclei.some((n) => Math.hypot(x - n.x, y - n.y) < 8)) return through(0.6, 0.02);
      return y >= 240 ? through(0.05, 0.5) : y >= 220 ? [240, 240, 240] : through(0.06, 0.02);
    });
    const { finding } = await model.look(picture);
    expect(figures(finding)['nuclei']).toBe(35);
    expect(figures(finding)['dab-positive-share']).toBeCloseTo((100 * 80) / 300, -1);
    expect(finding.decision).toBe('answered');
  });

  it('abstains on an empty slide', async () => {
    const { finding } = await model.look(draw(200, 150, () => [243, 242, 244]));
    expect(finding).toMatchObject({ decision: 'abstained', warnings: [expect.stringContaining('no tissue')] });
  });

  it('takes the smallest picture', async () => {
    expect((await model.look(draw(1, 1, () => [120, 60, 90]))).finding.answer.kind).toBe('measurements');
  });

  onRealImages(`counts nuclei of a real H-DAB tile near an independent count of 306${because}`, async () => {
    const { finding } = await model.look(await real('images/ihc.png'));
    const found = figures(finding);
    // models/stain-nuclei/1/recipe/check.py counts 306 by Otsu's threshold and distance peaks on scikit-image's rgb2hed.
    expect(found['nuclei']).toBeGreaterThan(306 * 0.8);
    expect(found['nuclei']).toBeLessThan(306 * 1.2);
    expect(found['dab-positive-share']).toBeGreaterThan(50);
    expect(found['dab-positive-share']).toBeLessThan(75);
    expect(found).not.toHaveProperty('nuclear-density');
    expect(regionsOf(finding).regions).toHaveLength(found['nuclei'] ?? 0);
    expect(finding.evidence).toContainEqual(expect.objectContaining({ kind: 'stains', assumed: 'H-DAB' }));
  });

  onRealImages(
    `says that a blood smear is stained otherwise, and does not take red cells for nuclei${because}`,
    async () => {
      const { finding } = await model.look(await real('blood-cells/images/BloodImage_00000.jpg'));
      expect(finding.warnings.join()).toContain('fits neither pair');
      expect(figures(finding)['nuclei']).toBeLessThan(30);
    },
  );
});

describe('fundus-vessels', () => {
  let model: Served;
  beforeAll(async () => {
    model = await open('fundus-vessels');
  });
  afterAll(() => model.close());

  /** A field of radius 180 with a disc at its right and two arcades that leave it. */
  const drawn = (discX: number): Picture =>
    draw(400, 400, (x, y) => {
      if (Math.hypot(x - 200, y - 200) > 180) return [0, 0, 0];
      const away = discX - x;
      const arcade = [-1, 1].some((side) => Math.abs(y - 200 - side * 22 * Math.sqrt(Math.abs(away))) < 3.5);
      const bright = Math.hypot(x - discX, y - 200) < 28;
      const base = bright ? ([235, 190, 110] as const) : ([190, 90, 45] as const);
      return arcade ? [base[0] * 0.85, base[1] * 0.62, base[2] * 0.8] : [...base];
    });

  it('finds disc, side, field and vessels of a drawn right eye', async () => {
    const { finding } = await model.look(drawn(300));
    const found = figures(finding);
    expect(Math.hypot((found['optic-disc-x'] ?? 0) - 300, (found['optic-disc-y'] ?? 0) - 200)).toBeLessThan(14);
    expect(found['field-diameter']).toBeCloseTo(360, -1);
    expect(found['vessel-density']).toBeGreaterThan(3);
    expect(finding.answer.parts).toContainEqual(
      expect.objectContaining({
        about: 'laterality',
        labels: [expect.objectContaining({ code: 'R' }), expect.objectContaining({ code: 'L' })],
      }),
    );
  });

  it('leaves the side open when the disc is central', async () => {
    const { finding } = await model.look(drawn(205));
    expect(finding.warnings.join()).toContain('near the centre');
  });

  it.each([
    ['a black picture', 300, 200, 0],
    ['a grey picture', 90, 333, 128],
    ['one pixel', 1, 1, 200],
    ['a thin strip', 1, 700, 90],
  ])('abstains on %s', async (_, width, height, level) => {
    expect((await model.look(draw(width, height, () => [level, level, level]))).finding.decision).toBe('abstained');
  });

  onRealImages(`finds disc and side of a real left eye, and a plausible vessel density${because}`, async () => {
    const { finding } = await model.look(await real('images/retina.jpg'));
    const found = figures(finding);
    // Read off the photograph by eye: centre (222, 650), radius about 100 pixels.
    expect(Math.hypot((found['optic-disc-x'] ?? 0) - 222, (found['optic-disc-y'] ?? 0) - 650)).toBeLessThan(30);
    expect(found['vessel-density']).toBeGreaterThan(5);
    expect(found['vessel-density']).toBeLessThan(20);
    expect(found['field-diameter']).toBeCloseTo(1391, -1);
    expect(regionsOf(finding).frame).toEqual({ width: 1411, height: 1411 });
    const [vessels] = regionsOf(finding).regions;
    expect(vessels?.mask?.counts.reduce((sum, count) => sum + count, 0)).toBe(1411 * 1411);
    expect(finding.answer.parts).toContainEqual(
      expect.objectContaining({
        about: 'laterality',
        labels: [expect.objectContaining({ code: 'L' }), expect.anything()],
      }),
    );
  });

  onRealImages(`finds vessels and no disc in a grey crop${because}`, async () => {
    const { finding } = await model.look(await real('images/microaneurysms.png'));
    expect(finding.decision).toBe('answered');
    expect(regionsOf(finding).regions).toHaveLength(1);
    expect(finding.warnings.join(' ')).toMatch(/No round edge.*No optic disc/);
  });
});
