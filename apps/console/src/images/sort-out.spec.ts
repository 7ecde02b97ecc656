import { excessOf, LIMITS } from './limits';
import { sortOut } from './sort-out';

const found = (path: string, size = 10) => ({ path, file: { name: path.split('/').at(-1) ?? '', size } });

describe('what is sent of what was dropped', () => {
  it('is in the order of the names, with numbers as numbers', () => {
    const { kept } = sortOut([found('s/im10'), found('s/im2'), found('s/im1')]);
    expect(kept.map(({ name }) => name)).toEqual(['im1', 'im2', 'im10']);
  });

  it('leaves out by name, and says why', () => {
    const { kept, left } = sortOut([
      found('s/IM1'),
      found('s/DICOMDIR'),
      found('s/.DS_Store'),
      found('s/read me.TXT'),
      found('s/IM2', 0),
    ]);
    expect(kept.map(({ name }) => name)).toEqual(['IM1']);
    expect(Object.fromEntries(left.map(({ path, reason }) => [path, reason]))).toEqual({
      's/DICOMDIR': 'directory-record',
      's/.DS_Store': 'hidden',
      's/read me.TXT': 'not-an-image',
      's/IM2': 'empty',
    });
  });

  it('sends one file alone whatever it is called: what is in it decides', () => {
    expect(sortOut([found('scan.txt')])).toMatchObject({ kept: [{ name: 'scan.txt' }], left: [] });
  });

  it('keeps to the limits of the gateway, which counts what stands around a file, too', () => {
    expect(excessOf([{ size: LIMITS.bytes / 2 }])).toBeUndefined();
    expect(excessOf([{ size: LIMITS.bytes }])).toMatchObject({ kind: 'bytes', limit: LIMITS.bytes });
    expect(excessOf(Array.from({ length: LIMITS.files + 1 }, () => ({ size: 1 })))).toMatchObject({ kind: 'files' });
  });
});
