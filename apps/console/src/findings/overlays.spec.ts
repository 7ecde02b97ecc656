import type { Answer, Region } from '@medserve/clinical';
import { findingsOf } from './findings';
import { overlaysOf } from './overlays';

const nodule = { code: 'nodule', display: 'Nodule' };
const heart = { code: '80891009', system: 'http://snomed.info/sct', display: 'Heart' };
const box = { x: 1, y: 2, width: 3, height: 4 };
const frame = { width: 10, height: 10 };
const regions = (...found: Region[]): Answer => ({ kind: 'regions', regions: found, frame });

describe('marks of an answer', () => {
  it('are the boxes, masks and polygons of its regions, named by their place in the answer', () => {
    const mask = { width: 10, height: 10, counts: [50, 50] };
    const polygon = [
      [0, 0],
      [5, 0],
      [5, 5],
    ] as const;
    const answer = regions({ label: nodule, box }, { label: heart, mask }, { label: nodule, polygon });
    expect(overlaysOf({ answer })).toEqual([
      { id: 'answer/0', label: 'Nodule', colour: 0, box },
      { id: 'answer/1', label: 'Heart', colour: 1, mask },
      { id: 'answer/2', label: 'Nodule', colour: 0, polygon },
    ]);
  });

  it('are those of its parts, too', () => {
    const answer: Answer = { kind: 'measurements', measurements: [], parts: [regions({ label: nodule, box })] };
    expect(overlaysOf({ answer })).toMatchObject([{ id: 'parts/0/0' }]);
  });

  it('are one a slice of a segment, all with its id', () => {
    const masks = [
      { segment: 'bone', slice: 2, counts: [4, 2] },
      { segment: 'bone', slice: 3, counts: [0, 6] },
      { segment: 'ghost', slice: 3, counts: [6] },
    ];
    const segments = [
      { id: 'body', label: heart },
      { id: 'bone', label: nodule },
    ];
    const answer: Answer = { kind: 'segmentation', segments, grid: { slices: 4, rows: 2, columns: 3 }, masks };
    expect(overlaysOf({ answer })).toEqual([
      { id: 'answer/1', label: 'Nodule', colour: 1, slice: 2, mask: { width: 3, height: 2, counts: [4, 2] } },
      { id: 'answer/1', label: 'Nodule', colour: 1, slice: 3, mask: { width: 3, height: 2, counts: [0, 6] } },
    ]);
  });

  it('are none of a region that lies nowhere, which is a finding all the same', () => {
    const answer = regions({ label: nodule, score: 0.5 });
    expect(overlaysOf({ answer })).toEqual([]);
    expect(findingsOf({ answer })).toMatchObject([{ id: 'answer/0', label: nodule, score: 0.5 }]);
  });

  it('share colours where there are more labels than colours', () => {
    const found = Array.from({ length: 9 }, (_, place) => ({ label: { code: String(place), display: '' }, box }));
    const colours = overlaysOf({ answer: regions(...found) }).map(({ colour }) => colour);
    expect(colours).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0]);
  });

  it('are there at once for ten thousand regions', () => {
    const found = Array.from({ length: 10_000 }, () => ({ label: nodule, box }));
    expect(overlaysOf({ answer: regions(...found) })).toHaveLength(10_000);
  });
});
