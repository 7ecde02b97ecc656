import type { Tensor } from '../../pixels/tensor';
import { decodeMask } from '../../pixels/run-length';
import type { Reading } from '../reader';
import { fundus } from './index';

const [WIDTH, HEIGHT, STRIDE] = [80, 80, 4];
const parameters = fundus.parameters.parse({
  vessels: { low: 1, high: 2, leastPixels: 5 },
  disc: { radii: [2], stride: STRIDE, leastScore: 0.5, leastScoreInCrop: 2 },
  laterality: { leastOffset: 0.2 },
});

interface Scene {
  readonly lit?: (x: number, y: number) => boolean;
  readonly vessel?: (x: number, y: number) => boolean;
  /** Row and column in the disc output, and the score there. */
  readonly disc?: readonly [number, number, number];
}

function reading({ lit = inField, vessel = () => false, disc }: Scene, scale = 1): Reading {
  const each = (inside: (x: number, y: number) => boolean) =>
    Array.from({ length: WIDTH * HEIGHT }, (_, at) => Number(inside(at % WIDTH, Math.floor(at / WIDTH))));
  const scores = new Float32Array((WIDTH / STRIDE) * (HEIGHT / STRIDE));
  if (disc) scores[(disc[0] * WIDTH) / STRIDE + disc[1]] = disc[2];
  const tensors: Tensor[] = [
    {
      name: 'vesselness',
      datatype: 'FP32',
      shape: [1, HEIGHT, WIDTH],
      data: Float32Array.from(each(vessel), (v) => 3 * v),
    },
    { name: 'field', datatype: 'UINT8', shape: [1, HEIGHT, WIDTH], data: Uint8Array.from(each(lit)) },
    { name: 'disc', datatype: 'FP32', shape: [1, 1, HEIGHT / STRIDE, WIDTH / STRIDE], data: scores },
  ];
  return {
    input: { kind: 'picture', width: WIDTH / scale, height: HEIGHT / scale, channels: 3, sampleType: 'uint8' },
    placement: { scaleX: scale, scaleY: scale, offsetX: 0, offsetY: 0 },
    outputs: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  };
}
const inField = (x: number, y: number) => Math.hypot(x + 0.5 - 40, y + 0.5 - 40) <= 38;
const stripe = (_: number, y: number) => y === 40 || y === 41;

describe('the fundus reader', () => {
  it('answers in pixels of the image that was sent, though the model saw half of the size', () => {
    const { answer, decision, warnings } = fundus.read(reading({ vessel: stripe, disc: [9, 15, 1] }, 0.5), parameters);
    if (answer.kind !== 'regions') throw new Error('expected regions');
    expect(answer.frame).toEqual({ width: 160, height: 160 });
    const [vessels, disc] = answer.regions;
    const mask = decodeMask(vessels?.mask ?? { width: 0, height: 0, counts: [] });
    expect(mask.reduce((sum, value) => sum + value, 0)).toBe(2 * 4 * 76);
    expect(disc?.box).toEqual({ x: 2 * (62 - 8), y: 2 * (38 - 8), width: 32, height: 32 });
    expect(answer.parts?.[1]).toMatchObject({ about: 'laterality', labels: [{ code: 'R' }, { code: 'L' }] });
    expect(decision).toBe('answered');
    expect(warnings).toEqual([]);
  });

  it('measures the vessel area as a share of the lit field', () => {
    const { answer } = fundus.read(reading({ vessel: stripe }), parameters);
    const area = Array.from({ length: 6400 }, (_, at) => inField(at % 80, Math.floor(at / 80))).filter(Boolean).length;
    expect(answer.parts?.[0]).toMatchObject({
      measurements: expect.arrayContaining([
        {
          code: 'vessel-density',
          display: expect.any(String) as string,
          unit: '%',
          value: Number(((100 * 2 * 76) / area).toFixed(2)),
        },
      ]) as unknown,
    });
  });

  it('says that there is no disc in a crop, and believes only a strong one there', () => {
    const { answer, warnings } = fundus.read(
      reading({ lit: () => true, vessel: stripe, disc: [9, 15, 1] }),
      parameters,
    );
    expect(answer).toMatchObject({ regions: [{ label: { display: 'Blood vessel of retina' } }] });
    expect(warnings.join(' ')).toMatch(/No round edge.*No optic disc/);
  });

  it('leaves the side open when the disc is in the middle of the field', () => {
    const { answer, warnings } = fundus.read(reading({ vessel: stripe, disc: [9, 10, 1] }), parameters);
    expect(answer.parts).toHaveLength(1);
    expect(warnings.join()).toContain('near the centre');
  });

  it('abstains on a black picture, and on a field without vessels', () => {
    expect(fundus.read(reading({ lit: () => false }), parameters).decision).toBe('abstained');
    expect(fundus.read(reading({}), parameters)).toMatchObject({
      decision: 'abstained',
      warnings: expect.arrayContaining(['No vessel was found.']) as unknown,
    });
  });

  it('refuses outputs that are not what it reads', () => {
    const { outputs, ...rest } = reading({});
    const without = new Map([...outputs].filter(([name]) => name !== 'disc'));
    expect(() => fundus.read({ ...rest, outputs: without }, parameters)).toThrow('no output "disc"');
  });
});
