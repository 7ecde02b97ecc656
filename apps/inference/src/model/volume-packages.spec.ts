import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Vector, Volume } from '@medserve/clinical';
import { DECODE_LIMITS, decodeStudy } from '@medserve/imaging';
import { floodedBody } from './testing/flooded-body';
import { headPhantom as phantom } from './testing/head-phantom';
import { Served } from './testing/served';

const ROOT = join(__dirname, '..', '..', '..', '..');
const SHARED = join(ROOT, '..', 'shared', 'data');
const onSharedData = existsSync(SHARED) ? it : it.skip;
const because = existsSync(SHARED) ? '' : ' (skipped: the shared test data is not beside the project)';

// A whole head through a real network takes seconds, and longer on a busy machine.
jest.setTimeout(120_000);

const millilitres = ({ answer }: Finding): Record<string, number> => {
  if (answer.kind !== 'measurements') throw new Error(`the answer is ${answer.kind}`);
  return Object.fromEntries(answer.measurements.map(({ code, value }) => [code, value]));
};

const total = (volumes: Record<string, number>): number =>
  Object.values(volumes).reduce((sum, value) => sum + value, 0);

const decode = async (...files: string[]): Promise<Volume> => {
  const study = await decodeStudy(
    files.map((file) => ({ bytes: readFileSync(file) })),
    DECODE_LIMITS,
  );
  if (study.decoded.kind !== 'volume') throw new Error('no volume');
  return study.decoded;
};

describe('ct-tissue', () => {
  let model: Served;
  beforeAll(async () => (model = await Served.load('ct-tissue')));
  afterAll(() => model.close());

  const ball = (from: number, to: number): number => ((4 / 3) * Math.PI * (to ** 3 - from ** 3)) / 1000;

  it('measures a phantom of exactly known volumes to within 1 %, tilt, uneven spacing, table and padding included', async () => {
    const { answer, decision, warnings } = await model.ask(phantom);
    const found = millilitres({ answer } as Finding);
    expect(decision).toBe('answered');
    const truth = { air: ball(0, 15), 'soft-tissue': ball(0, 50) - ball(0, 15), bone: ball(50, 56), fat: ball(56, 60) };
    for (const [tissue, volume] of Object.entries(truth))
      expect((found[tissue] as number) / volume).toBeCloseTo(1, 1.7);
    expect(found['lung']).toBe(0);
    expect(warnings.join(' ')).toContain('tilted by 18.5 degrees');
  });

  it('gives the same volumes whichever way the slices are stored', async () => {
    const area = phantom.rows * phantom.columns;
    const samples = new Int16Array(phantom.samples.length);
    for (let k = 0; k < phantom.slices; k++)
      samples.set(phantom.samples.subarray(k * area, (k + 1) * area), (phantom.slices - 1 - k) * area);
    const slicePositionsMm = [...phantom.geometry.slicePositionsMm].reverse();
    const turned = { ...phantom, samples, geometry: { ...phantom.geometry, slicePositionsMm } };
    expect(millilitres(await model.ask(turned))).toEqual(millilitres(await model.ask(phantom)));
  });

  it('counts each whole number of Hounsfield units where the package says it counts it', async () => {
    const width = 4300;
    const samples = new Int16Array(width * 3).fill(40);
    for (let i = 0; i < width; i++) samples[width + i] = i - 1200;
    samples[width] = 40;
    samples[2 * width - 1] = 40;
    const volume: Volume = {
      kind: 'volume',
      slices: 1,
      rows: 3,
      columns: width,
      sampleType: 'int16',
      samples,
      geometry: {
        spacingMm: { row: 10, column: 10 },
        rowDirection: [1, 0, 0],
        columnDirection: [0, 1, 0],
        slicePositionsMm: [[0, 0, 0]],
        sliceThicknessMm: 10,
      },
    };
    const { evidence } = await model.ask(volume);
    const counted = evidence.flatMap(({ code, samples: count }) => (code === undefined ? [] : [[code, count]]));
    expect(counted).toEqual([
      ['air', 150],
      ['lung', 450],
      ['between', 310],
      ['fat', 161],
      ['soft-tissue', 180 + 2 * width + 2],
      ['bone', 4300 - 1351 - 1],
    ]);
  });

  it('abstains where there is no body', async () => {
    const { decision, warnings, answer } = await model.ask({
      ...phantom,
      samples: new Int16Array(phantom.samples.length).fill(-1000),
    });
    expect([decision, millilitres({ answer } as Finding)]).toEqual(['abstained', {}]);
    expect(warnings).toEqual(['No body was found in the volume; nothing was measured.']);
  });

  it('refuses values that are no Hounsfield units', async () => {
    await expect(async () =>
      model.ask({ ...phantom, samples: phantom.samples.map(Math.abs) as Int16Array }),
    ).rejects.toMatchObject({
      reason: 'modality_mismatch',
    });
  });

  describe(`a real head, tilted by 18.5 degrees, 28 slices 1.08 to 7.00 mm apart${because}`, () => {
    const folder = join(SHARED, 'dicom-series', 'head-ct-ge');
    const files = existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => join(folder, name))
      : [];

    onSharedData('has the volumes that an independent computation finds', async () => {
      const volume = await decode(...files);
      const finding = await model.ask(volume);
      expect(millilitres(finding)).toEqual(independently(volume));
      expect(finding.warnings.join(' ')).toMatch(/unevenly spaced \(1.08 to 7 mm\).*tilted by 18.5 degrees/);
    });

    onSharedData('measures less of half of the slices', async () => {
      const whole = total(millilitres(await model.ask(await decode(...files))));
      const half = total(millilitres(await model.ask(await decode(...files.slice(0, 14)))));
      expect(half / whole).toBeGreaterThan(0.3);
      expect(half / whole).toBeLessThan(0.8);
    });

    onSharedData('has the volumes of a head', async () => {
      const found = millilitres(await model.ask(await decode(...files)));
      expect(found['soft-tissue']).toBeGreaterThan(1500);
      expect(found['soft-tissue']).toBeLessThan(4000);
      expect(found['bone']).toBeGreaterThan(300);
      expect(found['bone']).toBeLessThan(1200);
    });
  });

  onSharedData(`refuses an MR volume that was declared CT${because}`, async () => {
    const volume = await decode(join(SHARED, 'nifti', 'anatomical.nii'));
    await expect(async () => model.ask(volume)).rejects.toMatchObject({ reason: 'modality_mismatch' });
  });
});

describe(`brain-tissue${because}`, () => {
  let model: Served;
  beforeAll(async () => (model = await Served.load('brain-tissue')));
  afterAll(() => model.close());

  onSharedData('finds the white and grey matter of a real head', async () => {
    const finding = await model.ask(await decode(join(SHARED, 'brain-t1', 't1_crop.nii.gz')));
    const found = millilitres(finding);
    expect(finding).toMatchObject({ decision: 'answered', warnings: [] });
    expect(Math.abs((found['white-matter'] as number) / 519 - 1)).toBeLessThan(0.03);
    expect(Math.abs((found['grey-matter'] as number) / 735 - 1)).toBeLessThan(0.03);
  });

  it('abstains and says so when the model finds nothing', async () => {
    const size = 24;
    const samples = Uint8Array.from({ length: size ** 3 }, (_, index) => (index * 7) % 5);
    const { decision, warnings, answer } = await model.ask({
      kind: 'volume',
      slices: size,
      rows: size,
      columns: size,
      sampleType: 'uint8',
      samples,
      geometry: {
        spacingMm: { row: 1, column: 1 },
        rowDirection: [1, 0, 0],
        columnDirection: [0, 1, 0],
        slicePositionsMm: Array.from({ length: size }, (_, k): Vector => [0, 0, k]),
      },
    });
    expect([decision, answer]).toEqual(['abstained', { kind: 'measurements', measurements: [] }]);
    expect(warnings[0]).toContain('is no answer');
  });
});

/** The same question answered another way: the volume of each slab between two neighbouring slices (half of each). */
function independently(volume: Volume): Record<string, number> {
  const { samples, slices, rows, columns, geometry } = volume;
  const area = rows * columns;
  const isBody = floodedBody(volume);
  const ranges: Record<string, [number, number]> = {
    air: [-1100, -951],
    lung: [-950, -501],
    fat: [-190, -30],
    'soft-tissue': [-29, 150],
    bone: [151, 32767],
  };
  const squareMm = geometry.spacingMm.row * geometry.spacingMm.column;
  const counts = Object.entries(ranges).map(([code, [from, to]]) => {
    const perSlice = Array.from({ length: slices }, (_, slice) => {
      let count = 0;
      for (let at = slice * area; at < (slice + 1) * area; at++) {
        const hu = samples[at] as number;
        if (isBody[at] === 1 && hu >= from && hu <= to) count++;
      }
      return count;
    });
    const tables = geometry.slicePositionsMm.map(([, , z]) => z * Math.cos((18.5 * Math.PI) / 180));
    let cubicMm = 0;
    for (let slice = 0; slice + 1 < slices; slice++) {
      const slab = Math.abs((tables[slice + 1] as number) - (tables[slice] as number));
      const [lower, upper] = [perSlice[slice] as number, perSlice[slice + 1] as number];
      cubicMm += ((lower + upper) / 2) * slab * squareMm;
      if (slice === 0) cubicMm += (lower / 2) * slab * squareMm;
      if (slice === slices - 2) cubicMm += (upper / 2) * slab * squareMm;
    }
    return [code, cubicMm / 1000] as const;
  });
  return Object.fromEntries(counts.map(([code, value]) => [code, Number(value.toFixed(2))]));
}
