import { answerDocument, ctSlice, rectangle, type DicomItem } from '@medserve/testkit';
import type { Answer, AnswerDocument, Region, Segmentation } from '@medserve/clinical';
import type { ResultObject, SourceInstance } from './result-input';
import { resultObjects } from './result-objects';
import { ReadResult } from './testing/read-result';

const GRID = { rows: 37, columns: 29 };
const PIXELS = GRID.rows * GRID.columns;
const NODULE = { code: 'nodule', display: 'Nodule' };

const sourceOf = (file: Buffer): SourceInstance => ({ header: file, read: () => Promise.resolve(file) });

/** The objects made of an answer to so many slices. @param more of the document, and of the headers */
function objectsOf(
  answer: Answer,
  slices: number,
  more: { readonly document?: Partial<AnswerDocument>; readonly header?: DicomItem } = {},
): Promise<ResultObject[]> {
  const files = Array.from({ length: slices }, (_, at) => ctSlice(at, GRID.rows, GRID.columns, more.header));
  const places = slices > 1 ? files.map((_, input) => ({ input })) : undefined;
  const document = { ...answerDocument(answer, slices, places), ...more.document };
  return resultObjects({
    runs: [{ name: 'route/run', requestId: 'r-1', document, sources: files.map(sourceOf) }],
    generation: 1,
    equipment: { manufacturer: 'MedServe', model: 'MedServe', version: '0.1', serial: '1' },
    now: new Date('2026-03-04T05:06:07.089Z'),
    wants: ['sr', 'seg', 'sc', 'gsps'],
  });
}

const kindsOf = (objects: readonly ResultObject[]): string[] => objects.map(({ kind }) => kind);
const reportOf = (objects: readonly ResultObject[]): ReadResult => {
  const found = objects.find(({ kind }) => kind === 'sr');
  if (found === undefined) throw new Error('no report was made');
  return ReadResult.of(found.bytes);
};
const regions = (...found: Region[]): Answer => ({
  kind: 'regions',
  frame: { width: GRID.columns, height: GRID.rows },
  regions: found,
});
const segmentation = (...counts: number[][]): Segmentation => ({
  kind: 'segmentation',
  segments: [{ id: 'a', label: NODULE, score: 0.02, measurements: [] }],
  grid: { slices: 3, ...GRID },
  masks: counts.map((one, slice) => ({ segment: 'a', slice, counts: one })),
});

describe('a segment whose masks hold nothing', () => {
  it.each([
    ['one run of zeros', [PIXELS]],
    ['a run of no ones', [PIXELS, 0]],
  ])('is absent, as one without masks is (%s)', async (_, counts) => {
    const report = reportOf(await objectsOf(segmentation(counts), 3));
    expect(report.said('121071')).toEqual([]);
    expect(report.everywhere('CodeMeaning')).toContain('Absent');
    expect(report.said('111012')).toEqual([]);
  });

  it('is left out of the frames of one that is there', async () => {
    const there = rectangle(GRID, { x: 2, y: 2, width: 4, height: 4 });
    const objects = await objectsOf(segmentation([PIXELS], there), 3);
    const seg = ReadResult.of(objects.find(({ kind }) => kind === 'seg')?.bytes ?? Buffer.alloc(0));
    expect(seg.value('NumberOfFrames')).toBe(1);
  });

  it('and an answer without any segment say that nothing was found', async () => {
    const report = reportOf(await objectsOf({ ...segmentation(), segments: [] }, 3));
    expect(report.everywhere('CodeMeaning')).toContain('Absent');
  });
});

describe('a place that cannot be drawn', () => {
  it('is none where a box lies outside of the image or has no area', async () => {
    const outside = regions(
      { label: NODULE, box: { x: 100, y: 200, width: 8, height: 9 } },
      { label: NODULE, box: { x: -20, y: 3, width: 8, height: 9 } },
      { label: NODULE, box: { x: 5, y: 5, width: 0, height: 4 } },
    );
    const objects = await objectsOf(outside, 1);
    expect(kindsOf(objects)).toEqual(['sr', 'sc']);
    const report = reportOf(objects);
    expect(report.said('121071')).toEqual(['Nodule', 'Nodule', 'Nodule']);
    expect(report.everywhere('GraphicData')).toEqual([]);
  });

  it('is cut at the border of the image where it reaches beyond it', async () => {
    const report = reportOf(
      await objectsOf(regions({ label: NODULE, box: { x: -5, y: -5, width: 15, height: 99 } }), 1),
    );
    expect(report.everywhere('GraphicData')).toEqual([0, 0, 10, 0, 10, 37, 0, 37, 0, 0]);
  });

  it('has no more points than an element of its VR can hold', async () => {
    const polygon = Array.from({ length: 20_000 }, (_, at): [number, number] => {
      const angle = (2 * Math.PI * at) / 20_000;
      return [14 + 10 * Math.cos(angle), 18 + 10 * Math.sin(angle)];
    });
    const objects = await objectsOf(regions({ label: NODULE, polygon }), 1);
    const points = reportOf(objects).everywhere('GraphicData') as number[];
    expect(points.length).toBeGreaterThan(20);
    expect(points.length).toBeLessThanOrEqual(2 * 1_001);
    expect(Math.max(...points.filter((_, at) => at % 2 === 0))).toBeCloseTo(24, 1);
  });
});

describe('words', () => {
  it.each([
    ['no text', { kind: 'text', text: ' \n' }],
    ['a report without a section', { kind: 'report', sections: [] }],
    ['a report of empty sections', { kind: 'report', sections: [{ code: 'findings', title: 'F', sentences: [] }] }],
  ] as const)('that say nothing are no answer: %s', async (_, answer) => {
    const report = reportOf(await objectsOf(answer, 1));
    expect(report.everywhere('CodeMeaning')).toContain('Not answered by the model');
    expect(report.everywhere('TextValue')).not.toContain('');
  });

  it('longer than an attribute may be are cut, and never a reason to write nothing', async () => {
    const { provenance } = answerDocument(regions(), 1);
    const long = 'm'.repeat(1_500);
    const model = { name: long, version: long, digest: `sha256:${'a'.repeat(64)}` };
    const document = {
      provenance: { ...provenance, model },
      warnings: ['', long.repeat(100), '\\ \u0000\u001b\ud800'],
    };
    const label = { code: long, display: long };
    const answers = [regions({ label, box: { x: 1, y: 1, width: 4, height: 4 } }), regions()];
    for (const answer of answers) expect(kindsOf(await objectsOf(answer, 1, { document }))).toContain('sc');
    const there = rectangle(GRID, { x: 2, y: 2, width: 4, height: 4 });
    const places = [0, 1, 2].map((input) => ({ input }));
    const ofVolume = { ...document, provenance: { ...provenance, model, slices: places } };
    expect(kindsOf(await objectsOf(segmentation(there), 3, { document: ofVolume }))).toContain('seg');
  });

  it('are written in the character set of a header that pads its name with zeros', async () => {
    const header = { 0x00080005: ['CS', Buffer.from('ISO_IR 192\0\0')], 0x00100010: ['PN', 'Müller^Zoë'] } as const;
    const report = reportOf(await objectsOf({ kind: 'text', text: 'Größe 肺' }, 1, { header }));
    expect(report.said('121071')).toContain('Größe 肺');
  });

  it('have a unit even where the model names none', async () => {
    const measurement = { code: 'count', display: 'Count', value: 3, unit: '' };
    const report = reportOf(await objectsOf({ kind: 'measurements', measurements: [measurement] }, 1));
    expect(report.everywhere('CodeMeaning')).toContain('no units');
  });
});
