import { dicomFile, image, words } from '@medserve/testkit';
import { decodeStudy, type DecodedStudy } from '../decode/decode-study';
import { DECODE_LIMITS } from '../limits';

const PIXEL = { 0x7fe00010: ['OW', words(7)] } as const;
const AXIAL = ['DS', '1\\0\\0\\0\\1\\0'] as const;

const decoded = (elements: Parameters<typeof image>[2], ...others: Parameters<typeof image>[2][]) =>
  decodeStudy(
    [elements, ...others].map((each) => ({ bytes: dicomFile(image(1, 1, { ...PIXEL, ...each })) })),
    DECODE_LIMITS,
  );
const placementOf = async (elements: Parameters<typeof image>[2]): Promise<DecodedStudy['placement']> =>
  (await decoded(elements)).placement;

describe('where a picture lies in the patient', () => {
  it('is the plane of a slice', async () => {
    const elements = { 0x00200032: ['DS', '-10\\-20\\30'], 0x00200037: AXIAL } as const;
    expect(await placementOf(elements)).toEqual({
      plane: { origin: [-10, -20, 30], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0] },
    });
  });

  it('is told in letters of a projection', async () => {
    expect(await placementOf({ 0x00200020: ['CS', 'L\\F'] })).toEqual({ letters: ['L', 'F'] });
  });

  it.each([
    ['nothing is said', {}],
    ['letters are none', { 0x00200020: ['CS', 'UP\\DOWN'] }],
    ['one letter is missing', { 0x00200020: ['CS', 'L'] }],
    ['directions are one', { 0x00200032: ['DS', '0\\0\\0'], 0x00200037: ['DS', '1\\0\\0\\1\\0\\0'] }],
  ] as const)('is not known where %s', async (_, elements) => {
    expect(await placementOf(elements)).toBeUndefined();
  });
});

describe('how a volume is shown', () => {
  it('is what the header of its middle slice says', async () => {
    const slice = (z: number, centre: number) =>
      ({
        0x00200032: ['DS', `0\\0\\${String(z)}`],
        0x00200037: AXIAL,
        0x00280030: ['DS', '1\\1'],
        0x00281050: ['DS', String(centre)],
        0x00281051: ['DS', '80'],
        0x7fe00010: ['OW', words(z)],
      }) as const;
    const { window } = await decoded(slice(2, 30), slice(1, 20), slice(0, 10));
    expect(window).toEqual({ centre: 20, width: 80 });
  });
});
