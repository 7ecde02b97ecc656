import { notRendered, parseFrames, parseLook } from './parse-rendering';

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

  it('is without annotations and profiles, which is told to who asks for them', () => {
    expect(notRendered({}, 'image/png')).toEqual([]);
    expect(notRendered({ iccprofile: 'no' }, 'image/gif')).toEqual([]);
    expect(notRendered({ annotation: 'patient,technique' }, 'image/png')).toEqual([
      'The following annotation values are not supported: patient, technique',
    ]);
    expect(notRendered({ iccprofile: 'srgb' }, 'image/jpeg')).toEqual([expect.stringContaining('iccprofile')]);
  });

  it.each([
    { annotation: 'foo' },
    { annotation: '' },
    { annotation: 'patient,foo' },
    { iccprofile: 'bogus' },
    { iccprofile: '' },
    { iccprofile: ['no', 'no'] },
  ])('has no words of its own: %j', (query) => {
    expect(() => notRendered(query, 'image/png')).toThrow(
      expect.objectContaining({ reason: 'invalid_request' }) as Error,
    );
  });

  it('has no profile where its type holds none', () => {
    expect(() => notRendered({ iccprofile: 'yes' }, 'image/gif')).toThrow('no profile');
  });

  it('is of frames that are counted from 1', () => {
    expect(parseFrames('3,1')).toEqual([3, 1]);
    for (const text of ['0', '-1', 'a', '1,', '', '1.5']) {
      expect(() => parseFrames(text)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
    }
  });
});
