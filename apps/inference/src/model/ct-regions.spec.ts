import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Segmentation, Volume } from '@medserve/clinical';
import { decodeMask } from '@medserve/clinical';
import { DECODE_LIMITS, decodeStudy } from '@medserve/imaging';
import { floodedBody } from './testing/flooded-body';
import { headPhantom } from './testing/head-phantom';
import { Served } from './testing/served';

const HEAD = join(__dirname, '..', '..', '..', '..', '..', 'shared', 'data', 'dicom-series', 'head-ct-ge');
const onRealHead = existsSync(HEAD) ? it : it.skip;
const because = existsSync(HEAD) ? '' : ' (skipped: the shared test data is not beside the project)';

jest.setTimeout(120_000);

const segmentationOf = ({ answer }: Finding): Segmentation => {
  if (answer.kind !== 'segmentation') throw new Error(`the answer is ${answer.kind}`);
  return answer;
};

const millilitres = (finding: Finding): Record<string, number | undefined> =>
  Object.fromEntries(segmentationOf(finding).segments.map(({ id, measurements }) => [id, measurements?.[0]?.value]));

/** One byte a sample of the volume: 1 where the segment is. */
function maskOf(finding: Finding, segment: string): Uint8Array {
  const { grid, masks } = segmentationOf(finding);
  const area = grid.rows * grid.columns;
  const whole = new Uint8Array(grid.slices * area);
  for (const { slice, counts } of masks.filter((mask) => mask.segment === segment))
    whole.set(decodeMask({ width: grid.columns, height: grid.rows, counts }), slice * area);
  return whole;
}

const ball = (from: number, to: number): number => ((4 / 3) * Math.PI * (to ** 3 - from ** 3)) / 1000;

describe('ct-regions', () => {
  let model: Served;
  beforeAll(async () => (model = await Served.load('ct-regions')));
  afterAll(() => model.close());

  it('outlines a phantom of exactly known volumes, tilt, uneven spacing, table and padding included', async () => {
    const finding = await model.ask(headPhantom);
    expect(finding.decision).toBe('answered');
    const found = millilitres(finding);
    expect(Math.abs((found['body'] as number) / ball(0, 60) - 1)).toBeLessThan(0.01);
    expect(Math.abs((found['bone'] as number) / ball(50, 56) - 1)).toBeLessThan(0.02);
    const bone = maskOf(finding, 'bone');
    const shell = headPhantom.samples.map((hu) => (hu === 900 ? 1 : 0));
    const both = bone.reduce((sum, value, at) => sum + value * (shell[at] as number), 0);
    expect((2 * both) / (sumOf(bone) + sumOf(shell))).toBeGreaterThan(0.97);
    expect(finding.warnings.join(' ')).toContain('tilted by 18.5 degrees');
  });

  it('says that it found neither body nor bone where there is only air', async () => {
    const finding = await model.ask({
      ...headPhantom,
      samples: new Int16Array(headPhantom.samples.length).fill(-1000),
    });
    expect(finding.decision).toBe('abstained');
    expect(segmentationOf(finding).masks).toEqual([]);
    expect(finding.warnings).toContain('Not found: Body, Bone.');
  });

  describe(`a real head, tilted by 18.5 degrees, 28 slices 1.08 to 7.00 mm apart${because}`, () => {
    let head: Volume;
    let finding: Finding;
    beforeAll(async () => {
      if (!existsSync(HEAD)) return;
      const files = readdirSync(HEAD).map((name) => ({ bytes: readFileSync(join(HEAD, name)) }));
      const { decoded } = await decodeStudy(files, DECODE_LIMITS);
      if (decoded.kind !== 'volume') throw new Error('no volume');
      head = decoded;
      finding = await model.ask(head);
    });

    onRealHead('has the masks that the same rules give when they are written a second time, sample by sample', () => {
      const body = floodedBody(head);
      const expected = { body: withoutSmall(body, head, 25), bone: withoutSmall(dense(head, body), head, 4) };
      for (const [segment, mask] of Object.entries(expected))
        expect(Buffer.compare(maskOf(finding, segment), mask)).toBe(0);
    });

    onRealHead('has volumes within 1 % of the sum over the geometry of each slice; a uniform stack has not', () => {
      for (const segment of ['body', 'bone']) {
        const areas = areasMm2(maskOf(finding, segment), head);
        const told = millilitres(finding)[segment] as number;
        expect(Math.abs(told / slabs(areas, head) - 1)).toBeLessThan(0.01);
        const nominal = head.geometry.sliceThicknessMm as number;
        for (const uniform of [meanDistance(head), nominal, firstDistance(head)]) {
          const naive = (areas.reduce((sum, area) => sum + area) * uniform) / 1000;
          expect(Math.abs(naive / slabs(areas, head) - 1)).toBeGreaterThan(0.01);
        }
      }
    });

    onRealHead('is less than 2 MB', () => {
      expect(JSON.stringify(finding).length).toBeLessThan(2e6);
    });
  });
});

const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);

/** At least five of nine samples from 151 HU on, within the body. */
function dense({ samples, rows, columns, rescale }: Volume, body: Uint8Array): Uint8Array {
  const { slope, intercept } = rescale ?? { slope: 1, intercept: 0 };
  const isBone = (at: number): number => (body[at] === 1 && (samples[at] as number) * slope + intercept >= 151 ? 1 : 0);
  return body.map((inside, at) => {
    if (inside === 0) return 0;
    const [x, y] = [at % columns, Math.floor(at / columns) % rows];
    let votes = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const isThere = x + dx >= 0 && x + dx < columns && y + dy >= 0 && y + dy < rows;
        if (isThere) votes += isBone(at + dy * columns + dx);
      }
    }
    return votes >= 5 ? 1 : 0;
  });
}

/** Without the 8-connected pieces of a slice that are smaller than `leastMm2`, by a flood fill. */
function withoutSmall(mask: Uint8Array, { rows, columns, geometry }: Volume, leastMm2: number): Uint8Array {
  const kept = mask.slice();
  const seen = new Uint8Array(mask.length);
  const { row, column } = geometry.spacingMm;
  for (let seed = 0; seed < mask.length; seed++) {
    if (mask[seed] === 0 || seen[seed] === 1) continue;
    const piece = [seed];
    seen[seed] = 1;
    for (let next = 0; next < piece.length; next++) {
      const at = piece[next] as number;
      const [x, y] = [at % columns, Math.floor(at / columns) % rows];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (x + dx < 0 || x + dx >= columns || y + dy < 0 || y + dy >= rows) continue;
          const beside = at + dy * columns + dx;
          if (mask[beside] === 0 || seen[beside] === 1) continue;
          seen[beside] = 1;
          piece.push(beside);
        }
      }
    }
    if (piece.length * row * column < leastMm2) for (const at of piece) kept[at] = 0;
  }
  return kept;
}

function areasMm2(mask: Uint8Array, { slices, rows, columns, geometry }: Volume): number[] {
  const area = rows * columns;
  const { row, column } = geometry.spacingMm;
  return Array.from(
    { length: slices },
    (_, slice) => sumOf(mask.subarray(slice * area, (slice + 1) * area)) * row * column,
  );
}

/** Perpendicular to the slices: the table moves along z, and the gantry of this series is tilted by 18.5 degrees. */
const depths = ({ geometry }: Volume): number[] =>
  geometry.slicePositionsMm.map(([, , z]) => z * Math.cos((18.5 * Math.PI) / 180));

/** Slab by slab between two neighbouring slices, half of each; the outermost reach as far outwards as inwards. */
function slabs(areas: readonly number[], volume: Volume): number {
  const at = depths(volume);
  let cubicMm = 0;
  for (let slice = 0; slice + 1 < areas.length; slice++) {
    const slab = Math.abs((at[slice + 1] as number) - (at[slice] as number));
    const [lower, upper] = [areas[slice] as number, areas[slice + 1] as number];
    cubicMm += ((lower + upper) / 2) * slab;
    if (slice === 0) cubicMm += (lower / 2) * slab;
    if (slice === areas.length - 2) cubicMm += (upper / 2) * slab;
  }
  return cubicMm / 1000;
}

const meanDistance = (volume: Volume): number => {
  const at = depths(volume);
  return Math.abs((at.at(-1) as number) - (at[0] as number)) / (at.length - 1);
};

const firstDistance = (volume: Volume): number => {
  const at = depths(volume);
  return Math.abs((at[1] as number) - (at[0] as number));
};
