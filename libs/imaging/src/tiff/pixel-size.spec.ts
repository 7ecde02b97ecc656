import { pixelSize } from './pixel-size';

const NO_UNIT = { x: 1, y: 1, unit: 1 };
const ome = (attributes: string): string =>
  `<?xml version="1.0"?><OME><Image ID="Image:0"><Pixels ${attributes}/></Image></OME>`;
const square = (unit: string, size: string): string =>
  ome(
    `SizeX="8" PhysicalSizeX="${size}" PhysicalSizeXUnit="${unit}" PhysicalSizeY="${size}" PhysicalSizeYUnit="${unit}"`,
  );

describe('the size of a pixel', () => {
  it.each([
    ['\u00b5m', '0.25'],
    ['\u03bcm', '0.25'],
    ['&#181;m', '0.25'],
    ['&#xB5;m', '0.25'],
    ['nm', '250'],
    ['pm', '250000'],
    ['\u00c5', '2500'],
    ['\u212b', '2500'],
    ['mm', '0.00025'],
    ['mm', '2.5E-4'],
    ['cm', '0.000025'],
    ['dm', '0.0000025'],
    ['m', '2.5e-7'],
    ['in', '0.00000984252'],
    ['thou', '0.00984252'],
  ])('is in the unit that OME names: %s', (unit, size) => {
    expect(pixelSize(square(unit, size), NO_UNIT)).toEqual({ column: 0.25, row: 0.25 });
  });

  it('is in micrometres where OME names no unit, and may differ by axis', () => {
    const description = ome(`PhysicalSizeY='0.5' PhysicalSizeX='0.2527'`);
    expect(pixelSize(description, NO_UNIT)).toEqual({ column: 0.2527, row: 0.5 });
  });

  it.each([
    ['in pixels', square('pixel', '1')],
    ['in a frame of reference of its own', square('reference frame', '1')],
    ['along one axis only', ome('PhysicalSizeX="0.25"')],
    ['as zero', square('nm', '0')],
    ['as no number', square('nm', '1.2.3')],
  ])('is not known where OME says it %s, whatever the resolution is', (_, description) => {
    expect(pixelSize(description, { x: 40_000, y: 40_000, unit: 3 })).toBeUndefined();
  });

  it('is what Aperio says, along both axes', () => {
    expect(pixelSize('Aperio Image Library|AppMag = 20|MPP = 0.4990', NO_UNIT)).toEqual({ column: 0.499, row: 0.499 });
  });

  it('is by the resolution of each axis, in inches or centimetres', () => {
    expect(pixelSize('', { x: 40_000, y: 20_000, unit: 3 })).toEqual({ column: 0.25, row: 0.5 });
    expect(pixelSize('', { x: 25_400, y: 25_400, unit: 2 })).toEqual({ column: 1, row: 1 });
  });

  it.each([
    ['of a screen', { x: 72, y: 72, unit: 2 }],
    ['without a unit', { x: 40_000, y: 40_000, unit: 1 }],
    ['of one axis only', { x: 40_000, y: 0, unit: 3 }],
    ['that is no number', { x: NaN, y: NaN, unit: 3 }],
  ])('is not known by a resolution %s', (_, resolution) => {
    expect(pixelSize('', resolution)).toBeUndefined();
  });
});
