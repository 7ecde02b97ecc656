import { ApiError, problemOf, type Description } from '../api';
import { descriptionOf } from '../ask/testing';
import { unreachable } from '../api/problem';
import { isMixed, mayLackSlices, sortSeries } from './sort-series';

const refusal = (status: number, code: string): ApiError => new ApiError(problemOf(status, { code }));

const fileOf = (name: string): File => new File(['x'], name);

/** Sorts files by what a platform says of each by its name. */
function sorted(names: readonly string[], series: Readonly<Record<string, Description['series'] | Error>>) {
  const asked: string[] = [];
  const looked: number[] = [];
  const { signal } = new AbortController();
  const sorting = sortSeries({
    files: names.map(fileOf),
    signal,
    onLooked: (count) => void looked.push(count),
    describe: ({ files: [file] }) => {
      const { name = '' } = file ?? {};
      asked.push(name);
      const said = series[name];
      if (said instanceof Error) return Promise.reject(said);
      return Promise.resolve({ ...descriptionOf(), ...(said === undefined ? {} : { series: said }) });
    },
  });
  return { asked, looked, sorting };
}

const AXIAL = { uid: '1.1', number: 2, modality: 'CT', description: 'Axial' };
const SCOUT = { uid: '1.2', number: 1, modality: 'CT' };

describe('files of several series', () => {
  it('are told apart by what the platform says of each, in the order of the numbers of the series', async () => {
    const { sorting, looked } = sorted(['a1', 's', 'a2'], { a1: AXIAL, s: SCOUT, a2: AXIAL });
    const { series, left } = await sorting;
    expect(series).toMatchObject([
      { ...SCOUT, files: [{ name: 's' }] },
      { ...AXIAL, files: [{ name: 'a1' }, { name: 'a2' }] },
    ]);
    expect([left, looked]).toEqual([[], [1, 2, 3]]);
  });

  it('have those left out that can not be shown or are of no series; pictures are not even asked about', async () => {
    const files = ['a', 'report.dcm', 'old.dcm', 'scan.PNG', 'brain.nii.gz'];
    const { sorting, asked } = sorted(files, { a: AXIAL, 'report.dcm': refusal(422, 'unreadable_image') });
    expect((await sorting).left).toEqual([
      { path: 'report.dcm', reason: 'unreadable' },
      { path: 'old.dcm', reason: 'no-series' },
      { path: 'scan.PNG', reason: 'no-series' },
      { path: 'brain.nii.gz', reason: 'no-series' },
    ]);
    expect(asked).toEqual(['a', 'report.dcm', 'old.dcm']);
  });

  it('are not sorted by halves where the platform is away, busy, or does not know who asks', async () => {
    for (const error of [unreachable(), refusal(401, 'unauthenticated'), refusal(429, 'quota_exceeded')])
      await expect(sorted(['a', 'b'], { a: AXIAL, b: error }).sorting).rejects.toBe(error);
  });

  it('are asked about some at a time, and no more once one could not be', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `${String(index)}.dcm`);
    const asked: AbortSignal[] = [];
    const sorting = sortSeries({
      files: names.map(fileOf),
      signal: new AbortController().signal,
      onLooked: () => undefined,
      describe: ({ signal }) => {
        asked.push(signal);
        return asked.length === 4 ? Promise.reject(unreachable()) : new Promise(() => undefined);
      },
    });
    await expect(sorting).rejects.toMatchObject({ isUnreachable: true });
    expect(asked.map(({ aborted }) => aborted)).toEqual([true, true, true, true]);
  });

  it('are known by the code of the refusal', () => {
    const codes = ['mixed_series', 'unsupported_media', 'unreadable_image', 'too_large'];
    expect(codes.filter((code) => isMixed(refusal(422, code)))).toEqual(['mixed_series', 'unsupported_media']);
    expect(isMixed(new Error('mixed_series'))).toBe(false);
  });

  it('may lack slices where a file cannot be read, not where one is of none of them', () => {
    const left = (reason: 'unreadable' | 'no-series') => ({ series: [], left: [{ path: 'a', reason }] });
    expect([mayLackSlices(left('unreadable')), mayLackSlices(left('no-series'))]).toEqual([true, false]);
  });
});
