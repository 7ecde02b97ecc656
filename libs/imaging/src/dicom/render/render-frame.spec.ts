import { dicomFile, image, words, type DicomItem } from '@medserve/testkit';
import sharp from 'sharp';
import { DECODE_LIMITS } from '../../limits';
import { TAG } from '../tags';
import { renderFrame, type Rendering } from './render-frame';

const ramp = (more: Parameters<typeof image>[2] = {}): Buffer =>
  dicomFile(image(1, 5, { [TAG.pixelData]: ['OW', words(0, 100, 200, 300, 400)], ...more }));

async function shown(file: Buffer, more: Partial<Rendering> = {}): Promise<number[]> {
  const png = await renderFrame(file, { type: 'image/png', frame: 1, ...more }, DECODE_LIMITS);
  return [...(await sharp(png).toColourspace('b-w').raw().toBuffer())];
}

const window = (centre: number, width: number, shape: NonNullable<Rendering['window']>['shape'] = 'linear') => ({
  window: { centre, width, shape },
});

describe('a rendered frame', () => {
  it('shows the window that is asked for instead of the header', async () => {
    const file = ramp({ [TAG.windowCentre]: ['DS', '50'], [TAG.windowWidth]: ['DS', '10'] });
    expect(await shown(file)).toEqual([0, 255, 255, 255, 255]);
    expect(await shown(file, window(200.5, 401))).toEqual([0, 64, 128, 191, 255]);
  });

  it('knows the exact linear and the sigmoid function', async () => {
    expect(await shown(ramp(), window(200, 400, 'linear-exact'))).toEqual([0, 64, 128, 191, 255]);
    const [first = 0, , middle, , last = 0] = await shown(ramp(), window(200, 400, 'sigmoid'));
    expect([first, middle, last]).toEqual([30, 128, 225]);
  });

  describe('by the function that the header has', () => {
    const header = (shape: string, centre = 200, width = 400): DicomItem => ({
      [TAG.windowCentre]: ['DS', centre],
      [TAG.windowWidth]: ['DS', width],
      [TAG.voiLutFunction]: ['CS', shape],
    });
    const SIGMOID = [30, 69, 128, 186, 225];

    it('is shaded by it', async () => {
      expect(await shown(ramp(header('LINEAR_EXACT')))).toEqual([0, 64, 128, 191, 255]);
      expect(await shown(ramp(header('SIGMOID')))).toEqual(SIGMOID);
      expect(await shown(ramp(header('LINEAR', 200.5, 401)))).toEqual([0, 64, 128, 191, 255]);
    });

    it('is turned round with MONOCHROME1', async () => {
      const turned: DicomItem = { [TAG.photometricInterpretation]: ['CS', 'MONOCHROME1'] };
      expect(await shown(ramp({ ...header('SIGMOID'), ...turned }))).toEqual(SIGMOID.toReversed());
      expect(await shown(ramp({ ...header('LINEAR_EXACT'), ...turned }))).toEqual([255, 191, 128, 64, 0]);
    });

    it('is asked for otherwise', async () => {
      expect(await shown(ramp(header('SIGMOID')), window(200.5, 401))).toEqual([0, 64, 128, 191, 255]);
    });

    it('may be narrower than one value, unless the function is the linear one', async () => {
      const fine: DicomItem = { [TAG.rescaleSlope]: ['DS', '0.001'], [TAG.rescaleIntercept]: ['DS', '0'] };
      expect(await shown(ramp({ ...header('LINEAR_EXACT', 0.2, 0.4), ...fine }))).toEqual([0, 64, 128, 191, 255]);
      expect(await shown(ramp({ ...header('SIGMOID', 0.2, 0.4), ...fine }))).toEqual(SIGMOID);
      // Without a window, most of the values are what is shown.
      const most = await shown(ramp(fine));
      expect(await shown(ramp({ ...header('LINEAR', 0.1, 0.2), ...fine }))).toEqual(most);
      expect(await shown(ramp({ ...header('SIGMOID', 0.1, 0), ...fine }))).toEqual(most);
    });

    it('is that of a frame in an enhanced object', async () => {
      const file = ramp({
        [TAG.numberOfFrames]: ['IS', 1],
        [TAG.perFrameFunctionalGroups]: ['SQ', [{ [TAG.frameVoiLutSequence]: ['SQ', [header('SIGMOID')]] }]],
      });
      expect(await shown(file)).toEqual(SIGMOID);
    });
  });

  it('of few bits uses all that a display has', async () => {
    const few = (bits: number, ...bytes: number[]): DicomItem => ({
      [TAG.bitsAllocated]: ['US', bits === 1 ? 1 : 8],
      [TAG.bitsStored]: ['US', bits],
      [TAG.highBit]: ['US', bits - 1],
      [TAG.pixelData]: ['OB', Buffer.from(bytes)],
    });
    expect(await shown(ramp(few(1, 0b01001, 0)))).toEqual([255, 0, 0, 255, 0]);
    const turned: DicomItem = { [TAG.photometricInterpretation]: ['CS', 'MONOCHROME1'] };
    expect(await shown(ramp({ ...few(1, 0b01001, 0), ...turned }))).toEqual([0, 255, 255, 0, 255]);
    expect(await shown(ramp(few(4, 0, 3, 6, 12, 15, 0)))).toEqual([0, 51, 102, 204, 255]);
    expect(await shown(ramp(few(8, 0, 3, 6, 12, 15, 0)))).toEqual([0, 3, 6, 12, 15]);
  });

  it('counts the window in the values of the rescale', async () => {
    const file = ramp({ [TAG.rescaleSlope]: ['DS', '1'], [TAG.rescaleIntercept]: ['DS', '-1000'] });
    expect(await shown(file, window(-799.5, 401))).toEqual([0, 64, 128, 191, 255]);
  });

  it('shows the same window of MONOCHROME1 the other way round', async () => {
    const file = ramp({ [TAG.photometricInterpretation]: ['CS', 'MONOCHROME1'] });
    expect(await shown(file, window(200.5, 401))).toEqual([255, 191, 128, 64, 0]);
    expect(await shown(file, window(200, 4, 'sigmoid'))).toEqual([255, 255, 128, 0, 0]);
    expect(await shown(ramp(), window(200, 4, 'sigmoid'))).toEqual([0, 0, 128, 255, 255]);
  });

  it('keeps its proportions in the viewport, and can be a region', async () => {
    const sizeOf = async (viewport: Rendering['viewport']) => {
      const file = await renderFrame(ramp(), { type: 'image/jpeg', frame: 1, viewport }, DECODE_LIMITS);
      const { width, height, format } = await sharp(file).metadata();
      return [width, height, format];
    };
    expect(await sizeOf({ width: 50, height: 50 })).toEqual([50, 10, 'jpeg']);
    expect(await sizeOf({ width: 8, height: 8, region: { x: 1, y: 0, width: 2, height: 1 } })).toEqual([8, 4, 'jpeg']);
    expect(await sizeOf({ width: 8, height: 8, region: { x: 3, y: 0 } })).toEqual([8, 4, 'jpeg']);
    await expect(sizeOf({ width: 8, height: 8, region: { x: 4, y: 0, width: 2, height: 1 } })).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'viewport',
    });
  });

  it('is unknown behind the last', async () => {
    await expect(shown(ramp(), { frame: 2 })).rejects.toMatchObject({ reason: 'not_found' });
  });
});
