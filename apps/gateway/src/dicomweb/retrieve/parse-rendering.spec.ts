import { parseFrames, parseLook } from './parse-rendering';

describe('how a picture is to look', () => {
  it('is nothing where nothing is said', () => {
    expect(parseLook({})).toEqual({ window: undefined, viewport: undefined, quality: undefined });
  });

  it('is a window, a viewport with its region, and a quality', () => {
    expect(parseLook({ window: '-900,100.5,SIGMOID', viewport: '32,16,1,2,-30,40', quality: '80' })).toEqual({
      window: { centre: -900, width: 100.5, shape: 'sigmoid' },
      viewport: { width: 32, height: 16, region: { x: 1, y: 2, width: -30, height: 40 } },
      quality: 80,
    });
  });

  it('is of all that a region leaves out', () => {
    const regionOf = (viewport: string) => parseLook({ viewport }).viewport?.region;
    expect(regionOf('32,16,,,30')).toEqual({ x: 0, y: 0, width: 30, height: undefined });
    expect(regionOf('32,16,4')).toEqual({ x: 4, y: 0, width: undefined, height: undefined });
  });

  it.each([
    { window: '40' },
    { window: '40,0.5' },
    { window: '40,80,cubic' },
    { window: 'a,b,linear' },
    { viewport: '0,10' },
    { viewport: '10' },
    { viewport: '100000,10' },
    { viewport: '10,10,1,1,1,1,1' },
    { viewport: '10,10,a' },
    { viewport: '10,10,0,0,0,5' },
    { viewport: '10,10,-1,0,5,5' },
    { quality: '0' },
    { quality: '101' },
    { quality: ['1', '2'] },
  ])('is refused: %j', (query) => {
    expect(() => parseLook(query)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('is of frames that are counted from 1', () => {
    expect(parseFrames('3,1')).toEqual([3, 1]);
    for (const text of ['0', '-1', 'a', '1,', '', '1.5']) {
      expect(() => parseFrames(text)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
    }
  });
});
