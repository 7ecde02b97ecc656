import type { Tensor } from '../../pixels/tensor';
import type { Reading } from '../reader';
import { nuclei } from './index';

const [WIDTH, HEIGHT, RADIUS] = [100, 60, 5];
const given = {
  nuclei: { leastStrength: 0.1, leastShare: 0.3, groundShare: 0.5, saddleShare: 0.85, leastArea: 0.2 },
  brownNuclei: { leastStrength: 0.1, leastContrast: 0.5 },
  positive: { haematoxylin: 0.15, counterstain: 0.2 },
  leastTissueShare: 0.01,
  mostResidual: 0.02,
  mostBoxes: 100,
};
const parameters = nuclei.parameters.parse(given);

type Spot = readonly [x: number, y: number, strength: number];

interface Scene {
  readonly blue?: readonly Spot[];
  readonly brown?: readonly Spot[];
  /** Density of counterstain everywhere. */
  readonly background?: number;
  readonly tissue?: number;
  readonly isHe?: boolean;
  readonly residual?: number;
  readonly spacingMm?: number;
}

function hills(spots: readonly Spot[]): Float32Array {
  const map = new Float32Array(WIDTH * HEIGHT);
  for (const [x, y, strength] of spots) {
    for (let at = 0; at < map.length; at += 1) {
      const distance2 = ((at % WIDTH) - x) ** 2 + (Math.floor(at / WIDTH) - y) ** 2;
      map[at] = Math.max(map[at] as number, strength * Math.exp(-distance2 / (RADIUS * RADIUS)));
    }
  }
  return map;
}

function reading({
  blue = [],
  brown = [],
  background = 0,
  tissue = 1,
  isHe = false,
  residual = 0,
  spacingMm,
}: Scene): Reading {
  const plane = (name: string, data: Float32Array): Tensor => ({
    name,
    datatype: 'FP32',
    shape: [1, HEIGHT, WIDTH],
    data,
  });
  const spots = hills(brown);
  const tensors: Tensor[] = [
    plane('haematoxylin', hills(blue)),
    plane(
      'counterstain',
      spots.map((value) => value + background),
    ),
    plane('nuclear', hills(blue)),
    plane('spots', spots),
    { name: 'tissue', datatype: 'UINT8', shape: [1, HEIGHT, WIDTH], data: new Uint8Array(WIDTH * HEIGHT).fill(tissue) },
    { name: 'scale', datatype: 'FP32', shape: [1], data: Float32Array.of(RADIUS) },
    { name: 'is_h_and_e', datatype: 'FP32', shape: [1], data: Float32Array.of(Number(isHe)) },
    { name: 'residual', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(residual, residual) },
  ];
  const spacing = spacingMm === undefined ? {} : { spacingMm: { row: spacingMm, column: spacingMm } };
  return {
    input: { kind: 'picture', width: WIDTH, height: HEIGHT, channels: 3, sampleType: 'uint8', ...spacing },
    placement: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
    outputs: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  };
}

function figures(scene: Scene): Record<string, number> {
  const { answer } = nuclei.read(reading(scene), parameters);
  if (answer.kind !== 'measurements') throw new Error('expected measurements');
  return Object.fromEntries(answer.measurements.map(({ code, value }) => [code, value]));
}

describe('the nuclei reader', () => {
  it('counts nuclei and puts a box round each, the strongest first', () => {
    const { answer } = nuclei.read(
      reading({
        blue: [
          [20, 20, 0.5],
          [60, 30, 0.8],
        ],
      }),
      parameters,
    );
    expect(
      figures({
        blue: [
          [20, 20, 0.5],
          [60, 30, 0.8],
        ],
      })['nuclei'],
    ).toBe(2);
    const part = answer.parts?.[0];
    if (part?.kind !== 'regions') throw new Error('expected regions');
    const centres = part.regions.map(({ box = { x: 0, y: 0, width: 0, height: 0 } }) => [
      box.x + box.width / 2,
      box.y + box.height / 2,
    ]);
    expect(centres).toEqual([
      [60.5, 30.5],
      [20.5, 20.5],
    ]);
  });

  it('leaves out what is faint beside the other nuclei of the image', () => {
    expect(
      figures({
        blue: [
          [20, 20, 0.9],
          [60, 30, 0.9],
          [80, 40, 0.15],
        ],
      })['nuclei'],
    ).toBe(2);
    expect(figures({ blue: [[80, 40, 0.15]] })['nuclei']).toBe(1);
  });

  it('counts a brown nucleus of an H-DAB image once, and no brown texture on a brown ground', () => {
    expect(figures({ brown: [[20, 20, 0.6]] })['nuclei']).toBe(1);
    expect(figures({ brown: [[20, 20, 0.6]], blue: [[21, 20, 0.4]] })['nuclei']).toBe(1);
    expect(figures({ brown: [[20, 20, 0.3]], background: 0.5 })['nuclei']).toBe(0);
    expect(figures({ brown: [[20, 20, 0.6]], isHe: true })['nuclei']).toBe(0);
  });

  it('gives shares of the tissue: DAB where the stains are H-DAB, eosin where they are H&E', () => {
    expect(figures({ background: 0.3 })).toMatchObject({ 'dab-positive-share': 100, 'haematoxylin-area-share': 0 });
    const he = figures({ background: 0.3, isHe: true });
    expect(he).toMatchObject({ 'eosin-area-share': 100 });
    expect(he).not.toHaveProperty('dab-positive-share');
  });

  it('gives a density per square millimetre only where the spacing is known', () => {
    const blue: Spot[] = [
      [20, 20, 0.5],
      [60, 30, 0.8],
    ];
    expect(figures({ blue })).not.toHaveProperty('nuclear-density');
    expect(figures({ blue })['nuclei-per-megapixel']).toBeCloseTo((2 * 1e6) / (WIDTH * HEIGHT), 1);
    expect(figures({ blue, spacingMm: 0.001 })['nuclear-density']).toBeCloseTo(2 / (WIDTH * HEIGHT * 1e-6), 1);
  });

  it('abstains where there is no tissue, without inventing shares', () => {
    const finding = nuclei.read(reading({ tissue: 0, blue: [[20, 20, 0.5]] }), parameters);
    expect(finding).toMatchObject({ decision: 'abstained', warnings: [expect.stringContaining('no tissue')] });
    expect(figures({ tissue: 0 })).toEqual({ nuclei: 0, 'tissue-share': 0 });
  });

  it('warns when the colours fit neither pair of stains', () => {
    expect(nuclei.read(reading({ residual: 0.05 }), parameters).warnings.join()).toContain('fits neither');
    expect(nuclei.read(reading({ residual: 0.01 }), parameters).warnings.join()).not.toContain('fits neither');
  });

  it('gives no more boxes than it may, and says so', () => {
    const few = nuclei.parameters.parse({ ...given, mostBoxes: 1 });
    const { answer, warnings } = nuclei.read(
      reading({
        blue: [
          [20, 20, 0.5],
          [60, 30, 0.8],
        ],
      }),
      few,
    );
    expect(answer.parts?.[0]).toMatchObject({ regions: [{ label: { code: 'nucleus' } }] });
    expect(answer).toMatchObject({
      measurements: expect.arrayContaining([expect.objectContaining({ code: 'nuclei', value: 2 })]) as unknown,
    });
    expect(warnings.join()).toContain('Of 2 nuclei the 1 strongest');
  });
});
