import { answerDocument, ctSlice, rectangle, type DicomItem } from '@medserve/testkit';
import type { Answer, AnswerDocument, Segmentation } from '@medserve/clinical';
import type { ResultInput, ResultKind, ResultObject, ResultRun, SourceInstance } from './result-input';
import { resultObjects } from './result-objects';
import { ReadResult } from './testing/read-result';

const GRID = { rows: 17, columns: 13 };
const ALL: readonly ResultKind[] = ['sr', 'seg', 'sc', 'gsps'];

const sourceOf = (file: Buffer): SourceInstance => ({ header: file, read: () => Promise.resolve(file) });
const series = (count: number, more: DicomItem = {}): SourceInstance[] =>
  Array.from({ length: count }, (_, index) => sourceOf(ctSlice(index, GRID.rows, GRID.columns, more)));

function input(
  answer: Answer | AnswerDocument,
  sources: readonly SourceInstance[],
  more: Partial<ResultInput> = {},
): ResultInput {
  const slices = sources.length > 1 ? sources.map((_, index) => ({ input: index })) : undefined;
  const document = 'kind' in answer ? answerDocument(answer, sources.length, slices) : answer;
  return {
    runs: [{ name: 'head/regions', requestId: 'r-1', document, sources }],
    generation: 1,
    equipment: { manufacturer: 'MedServe', model: 'Gateway', version: '0.1', serial: 'S1' },
    now: new Date('2026-03-04T05:06:07.089Z'),
    wants: ALL,
    ...more,
  };
}

const bone = { code: '272673000', system: 'http://snomed.info/sct', display: 'Bone' };
const segmentation: Segmentation = {
  kind: 'segmentation',
  segments: [
    { id: 'bone', label: bone, measurements: [{ code: 'volume', display: 'Volume', value: 1.25, unit: 'mL' }] },
    { id: 'bleed', label: { code: 'hemorrhage', display: 'Bleed' }, score: 0.875 },
    { id: 'mass', label: { code: 'mass', display: 'Mass' } },
  ],
  grid: { slices: 4, ...GRID },
  masks: [
    { segment: 'bone', slice: 2, counts: rectangle(GRID, { x: 1, y: 2, width: 4, height: 5 }) },
    { segment: 'bone', slice: 1, counts: rectangle(GRID, { x: 1, y: 2, width: 3, height: 5 }) },
    { segment: 'bleed', slice: 2, counts: rectangle(GRID, { x: 7, y: 9, width: 5, height: 3 }) },
  ],
};
const nodule = { code: 'nodule', display: 'Nodule' };
const boxes: Answer = {
  kind: 'regions',
  frame: { width: GRID.columns, height: GRID.rows },
  regions: [
    { id: 'r1', label: nodule, score: 0.5, box: { x: 2, y: 3, width: 4, height: 5 } },
    { id: 'r2', label: nodule, polygon: [[0, 0], [5, 0], [3, 4]] }, // oxfmt-ignore
  ],
};

const of = (objects: readonly ResultObject[], kind: ResultKind): ReadResult => {
  const found = objects.find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} was made`);
  return ReadResult.of(found.bytes);
};
const kindsOf = (objects: readonly ResultObject[]): string[] => objects.map(({ kind }) => kind);

describe('the report', () => {
  it('is preliminary, complete and unverified, in the study of the images and a series of its own', async () => {
    const report = of(await resultObjects(input(segmentation, series(4))), 'sr');
    const flags = ['PreliminaryFlag', 'CompletionFlag', 'VerificationFlag'].map((flag) => report.value(flag));
    expect(flags).toEqual(['PRELIMINARY', 'COMPLETE', 'UNVERIFIED']);
    expect(report.value('StudyInstanceUID')).toBe('1.2.3.4.6');
    expect(report.value('SeriesInstanceUID')).toMatch(/^2\.25\.\d+$/);
    expect([report.value('ContentDate'), report.value('ContentTime')]).toEqual(['20260304', '050607.089000']);
  });

  it('has in its evidence every image and segmentation that it refers to', async () => {
    const objects = await resultObjects(input(segmentation, series(4)));
    const report = of(objects, 'sr');
    const used = new Set(report.tree().flatMap((item) => item.items('ReferencedSOPSequence')).map((item) => item.value('ReferencedSOPInstanceUID'))); // oxfmt-ignore
    const evidence = report.items('CurrentRequestedProcedureEvidenceSequence').flatMap((study) => study.everywhere('ReferencedSOPInstanceUID')); // oxfmt-ignore
    expect(new Set(evidence)).toEqual(used);
    expect(used.size).toBe(5);
    expect(used).toContain(of(objects, 'seg').value('SOPInstanceUID'));
  });

  it('codes what it can by standard tables, and declares the scheme of what it cannot', async () => {
    const strange = { ...nodule, code: 'strange-thing-of-a-model', display: 'Strange' };
    const answer: Answer = { ...boxes, regions: [...boxes.regions, { label: strange, box: { x: 0, y: 0, width: 1, height: 1 } }] }; // oxfmt-ignore
    const report = of(await resultObjects(input(answer, series(1))), 'sr');
    const codes = report.tree().flatMap((item) => item.items('ConceptCodeSequence')).map((code) => [code.value('CodeValue') ?? code.value('LongCodeValue'), code.value('CodingSchemeDesignator')]); // oxfmt-ignore
    expect(codes).toContainEqual(['27925004', 'SCT']);
    expect(codes).toContainEqual(['strange-thing-of-a-model', '99MEDSERVE']);
    expect(report.items('CodingSchemeIdentificationSequence')[0]?.value('CodingSchemeDesignator')).toBe('99MEDSERVE');
  });

  it('closes its polygons', async () => {
    const report = of(await resultObjects(input(boxes, series(1))), 'sr');
    const polygons = report.tree().map((item) => item.values('GraphicData')).filter(({ length }) => length > 0); // oxfmt-ignore
    expect(polygons[0]).toEqual([2, 3, 6, 3, 6, 8, 2, 8, 2, 3]);
    expect(polygons[1]).toEqual([0, 0, 5, 0, 3, 4, 0, 0]);
  });

  it('says of what was looked for and not found that it is absent', async () => {
    const none: Answer = { kind: 'regions', regions: [], frame: { width: 13, height: 17 } };
    const nothing = of(await resultObjects(input(none, series(1))), 'sr');
    expect(nothing.said('ct-regions')).toEqual(['Absent']);
    expect(nothing.said('121106')[0]).toMatch(/^No finding: ct-regions 1 looked at one image/);
    const segments = of(await resultObjects(input(segmentation, series(4))), 'sr');
    expect(segments.said('4147007')).toEqual(['Absent']);
  });

  it('says of an abstained answer that there is none, and tells nothing of it', async () => {
    const document = { ...answerDocument(boxes, 1), decision: 'abstained', warnings: ['Too dark.'] } as const;
    const objects = await resultObjects(input(document, series(1)));
    expect(kindsOf(objects)).toEqual(['sr', 'sc']);
    expect(of(objects, 'sr').said('model-answer')).toEqual(['Not answered by the model']);
    expect(of(objects, 'sr').said('121106')).toEqual(['Too dark.']);
    expect(of(objects, 'sr').said('121071')).toEqual([]);
  });

  it('has warnings about the whole answer beside the findings, with the model that gave them', async () => {
    const document = { ...answerDocument(boxes, 1), warnings: ['The spacing is rough.', ' '] };
    const objects = await resultObjects(input(document, series(1)));
    expect(of(objects, 'sr').said('121106')).toEqual(['ct-regions 1: The spacing is rough.']);
  });

  it('has the words of a model as it wrote them, under the headings of the standard', async () => {
    const words: Answer = {
      kind: 'report',
      sections: [
        { code: 'findings', title: 'Findings', sentences: [{ text: 'Ein Knötchen, 5 µm.', regions: ['r1'] }] },
        { code: 'impression', title: 'Impression', sentences: [{ text: 'Knoten.', regions: [] }] },
      ],
      parts: [boxes],
    };
    const report = of(await resultObjects(input(words, series(1))), 'sr');
    expect(report.said('121071')).toContain('Ein Knötchen, 5 µm. [marked: Nodule]');
    expect(report.said('121073')).toEqual(['Knoten.']);
  });

  it('names the labels of a classification with their scores', async () => {
    const labels = [{ ...bone, score: 0.9 }, { ...nodule, score: 0.08 }]; // oxfmt-ignore
    const report = of(await resultObjects(input({ kind: 'classification', about: 'tissue', labels }, series(1))), 'sr');
    expect(report.said('tissue')).toEqual(['Bone']);
    expect(report.said('111012')).toEqual([90]);
    expect(report.said('score.nodule')).toEqual([0.08]);
  });

  it('follows a finding from one generation to the next, and names the report before', async () => {
    const first = await resultObjects(input(segmentation, series(4)));
    const predecessor = { sopClassUid: '1.2.3', sopInstanceUid: '1.2.3.9', seriesUid: '1.2.3.10' };
    const second = await resultObjects(input(segmentation, series(4), { generation: 2, predecessor }));
    const [before, after] = [of(first, 'sr'), of(second, 'sr')];
    expect(after.said('112040')).toEqual(before.said('112040'));
    expect(new Set(after.said('112040')).size).toBe(3);
    expect(after.value('SOPInstanceUID')).not.toBe(before.value('SOPInstanceUID'));
    expect(after.items('PredecessorDocumentsSequence')[0]?.everywhere('ReferencedSOPInstanceUID')).toEqual(['1.2.3.9']);
  });
});

describe('the segmentation', () => {
  it('has a frame for each slice that has something of a segment, where its source lies', async () => {
    const seg = of(await resultObjects(input(segmentation, series(4))), 'seg');
    expect(seg.value('NumberOfFrames')).toBe(3);
    const frames = seg.items('PerFrameFunctionalGroupsSequence');
    expect(frames.map((frame) => frame.everywhere('DimensionIndexValues'))).toEqual([[1, 2], [1, 3], [2, 3]]); // oxfmt-ignore
    expect(frames.map((frame) => frame.everywhere('ImagePositionPatient'))).toEqual([[-10, -20, 2], [-10, -20, 4], [-10, -20, 4]]); // oxfmt-ignore
    expect(frames.map((frame) => frame.everywhere('ReferencedSOPInstanceUID'))).toEqual([['1.2.3.4.5.2'], ['1.2.3.4.5.3'], ['1.2.3.4.5.3']]); // oxfmt-ignore
    expect(seg.everywhere('SpacingBetweenSlices')).toEqual([2]);
    expect(seg.value('DimensionOrganizationType')).toBe('3D');
    expect(seg.value('SegmentsOverlap')).toBe('NO');
  });

  it('has the tracking names of the report', async () => {
    const objects = await resultObjects(input(segmentation, series(4)));
    const tracked = of(objects, 'seg').everywhere('TrackingUID');
    expect(tracked).toHaveLength(2);
    expect(of(objects, 'sr').said('112040')).toEqual(expect.arrayContaining(tracked));
  });

  it('states no spacing where the slices lie unevenly', async () => {
    const far = ctSlice(3, GRID.rows, GRID.columns, { 0x00200032: ['DS', '-10\\-20\\9.5'] });
    const seg = of(await resultObjects(input(segmentation, [...series(3), sourceOf(far)])), 'seg');
    expect(seg.everywhere('SpacingBetweenSlices')).toEqual([]);
  });

  it('orders frames along the normal, in whatever order the volume was', async () => {
    const turned = [...series(4)].reverse();
    const frames = of(await resultObjects(input(segmentation, turned)), 'seg').items(
      'PerFrameFunctionalGroupsSequence',
    );
    const places = frames.map((frame) => frame.everywhere('ImagePositionPatient')[2]);
    expect(places).toEqual([2, 4, 2]);
  });

  it('is left out where the images have no frame of reference; the report then says that it tells no place', async () => {
    const sources = series(4, { 0x00200052: ['UI', ''] });
    const objects = await resultObjects(input(segmentation, sources));
    expect(kindsOf(objects)).toEqual(['sr', 'sc']);
    expect(of(objects, 'sr').said('121106')).toContainEqual(expect.stringContaining('no segmentation object'));
    expect(of(objects, 'sr').said('118565006')).toEqual([1.25]);
  });

  it('is made of one frame of an image, too, and is an outline where there is no place in space', async () => {
    const mask = { width: 13, height: 17, counts: rectangle(GRID, { x: 2, y: 3, width: 4, height: 5 }) };
    const answer: Answer = { kind: 'regions', frame: { width: 13, height: 17 }, regions: [{ label: nodule, mask }] };
    expect(kindsOf(await resultObjects(input(answer, series(1))))).toEqual(['sr', 'seg', 'gsps', 'sc']);
    const plain = await resultObjects(input(answer, series(1, { 0x00200032: ['DS', ''] })));
    expect(kindsOf(plain)).toEqual(['sr', 'gsps', 'sc']);
    expect(of(plain, 'sr').everywhere('GraphicData')).toEqual([2, 3, 6, 3, 6, 8, 2, 8, 2, 3]);
  });
});

describe('the pictures', () => {
  it('are read from few files: those where most of a finding lies', async () => {
    const read: number[] = [];
    const sources = series(4).map((source, index) => ({
      ...source,
      read: () => {
        read.push(index);
        return source.read();
      },
    }));
    const objects = await resultObjects(input(segmentation, sources));
    expect(read).toEqual([2]);
    const picture = of(objects, 'sc');
    expect(picture.value('BurnedInAnnotation')).toBe('YES');
    expect(picture.everywhere('ReferencedSOPInstanceUID')).toEqual(['1.2.3.4.5.3']);
  });

  it.each([
    ['its spacing', { 0x00280030: ['DS', '0.5\\1.5'] }],
    ['its ratio alone', { 0x00280030: ['DS', ''], 0x00280034: ['IS', '1\\3'] }],
  ] satisfies [string, DicomItem][])('show pixels that are no squares in their proportions, by %s', async (_, more) => {
    const [plain, wide] = [
      of(await resultObjects(input(boxes, series(1))), 'sc'),
      of(await resultObjects(input(boxes, series(1, more))), 'sc'),
    ];
    // The image is enlarged to 512 dots at the most: by 30 where its 17 rows are longest, by 13 where 3 times 13 columns are.
    expect(Number(plain.value('Rows')) - Number(wide.value('Rows'))).toBe((30 - 13) * GRID.rows);
  });

  it('say that something was lost where it was lost in the source', async () => {
    const lossy: DicomItem = {
      0x00282110: ['CS', '01'],
      0x00282112: ['DS', '12.5'],
      0x00282114: ['CS', 'ISO_10918_1'],
    };
    const picture = of(await resultObjects(input(boxes, series(1, lossy))), 'sc');
    expect(picture.value('LossyImageCompression')).toBe('01');
    expect(picture.value('LossyImageCompressionRatio')).toBe(12.5);
  });

  it('are a page of words where nothing has a place', async () => {
    const answer: Answer = { kind: 'text', text: 'Yes.', reply: { form: 'closed', value: 'yes' } };
    const objects = await resultObjects(input(answer, series(1)));
    expect(kindsOf(objects)).toEqual(['sr', 'sc']);
    const page = of(objects, 'sc');
    expect(page.pixels).toHaveLength(3 * Number(page.value('Rows')) * Number(page.value('Columns')));
    expect(page.pixels.some((value) => value > 0)).toBe(true);
  });

  it('fill masks where that is asked for', async () => {
    const pictures = (['outline', 'filled'] as const).map(
      async (drawing) => of(await resultObjects(input(segmentation, series(4), { drawing })), 'sc').pixels,
    );
    const [outline, filled] = await Promise.all(pictures);
    expect(filled).toHaveLength(outline?.length ?? 0);
    expect(filled?.equals(outline as Buffer)).toBe(false);
  });
});

describe('the marks', () => {
  it('are polygons on the one image, shown as it was', async () => {
    const marks = of(await resultObjects(input(boxes, series(1))), 'gsps');
    expect(marks.everywhere('GraphicData').slice(0, 10)).toEqual([2, 3, 6, 3, 6, 8, 2, 8, 2, 3]);
    expect(marks.everywhere('WindowCenter')).toEqual([500]);
    expect(marks.value('PresentationLUTShape')).toBe('IDENTITY');
    const curved = series(1, { 0x00281056: ['CS', 'SIGMOID'] });
    expect(of(await resultObjects(input(boxes, curved)), 'gsps').everywhere('VOILUTFunction')).toEqual(['SIGMOID']);
    const inverse = series(1, { 0x00280004: ['CS', 'MONOCHROME1'] });
    expect(of(await resultObjects(input(boxes, inverse)), 'gsps').value('PresentationLUTShape')).toBe('INVERSE');
  });
});

describe('how marks show the image', () => {
  const marksOn = async (more: DicomItem): Promise<ReadResult> =>
    of(await resultObjects(input(boxes, series(1, more))), 'gsps');
  const table: readonly DicomItem[] = [
    { 0x00283002: ['US', [4, 0, 16]], 0x00283004: ['LO', 'OD'], 0x00283006: ['OW', Buffer.from([0, 0, 1, 0, 2, 0, 3, 0])] }, // oxfmt-ignore
  ];

  it('in the proportions of its pixels', async () => {
    const ratioOf = async (more: DicomItem) => (await marksOn(more)).everywhere('PresentationPixelAspectRatio');
    expect(await ratioOf({})).toEqual([1, 1]);
    expect(await ratioOf({ 0x00280030: ['DS', '1.5\\0.5'] })).toEqual([3, 1]);
    expect(await ratioOf({ 0x00280030: ['DS', ''], 0x00280034: ['IS', '10\\16'] })).toEqual([5, 8]);
    expect(await ratioOf({ 0x00280030: ['DS', ''], 0x00280034: ['IS', '0\\0'] })).toEqual([1, 1]);
  });

  it('by its tables, where it has tables in place of numbers, and by its first window', async () => {
    const marks = await marksOn({ 0x00281050: ['DS', ''], 0x00283000: ['SQ', table], 0x00283010: ['SQ', table] });
    expect(marks.items('ModalityLUTSequence')[0]?.values('LUTDescriptor')).toEqual([4, 0, 16]);
    const [display] = marks.items('SoftcopyVOILUTSequence');
    expect(display?.items('VOILUTSequence')[0]?.values('LUTDescriptor')).toEqual([4, 0, 16]);
    expect(display?.values('WindowWidth')).toEqual([]);
    const several = await marksOn({ 0x00281050: ['DS', '40\\300'], 0x00281051: ['DS', '80\\1500'], 0x00283010: ['SQ', table] }); // oxfmt-ignore
    expect(several.everywhere('WindowCenter')).toEqual([40]);
    expect(several.everywhere('LUTDescriptor')).toEqual([]);
  });

  it('by the window and the rescale of the frame that is marked', async () => {
    const frames = {
      0x00280008: ['IS', '3'],
      0x00281050: ['DS', ''],
      0x7fe00010: ['OW', Buffer.alloc(2 * 3 * GRID.rows * GRID.columns)],
      0x52009230: ['SQ', [40, 50, 60].map((centre): DicomItem => ({
        0x00289132: ['SQ', [{ 0x00281050: ['DS', centre], 0x00281051: ['DS', 80] }]],
        0x00289145: ['SQ', [{ 0x00281052: ['DS', -1024], 0x00281053: ['DS', 1], 0x00281054: ['LO', 'HU'] }]],
      }))],
    } satisfies DicomItem; // oxfmt-ignore
    const marks = await marksOn(frames);
    expect(marks.everywhere('WindowCenter')).toEqual([50]);
    expect([marks.value('RescaleIntercept'), marks.value('RescaleType')]).toEqual([-1024, 'HU']);
  });

  it('within its shutter', async () => {
    const marks = await marksOn({
      0x00181600: ['CS', 'CIRCULAR'],
      0x00181610: ['IS', '8\\6'],
      0x00181612: ['IS', '5'],
    });
    expect([marks.value('ShutterShape'), marks.value('RadiusOfCircularShutter')]).toEqual(['CIRCULAR', 5]);
  });
});

describe('the side of the body', () => {
  const sidesOf = async (...images: readonly DicomItem[]): Promise<unknown[]> => {
    const { runs, ...rest } = input(boxes, []);
    const all = images.map((more, index) => ({ ...(runs[0] as ResultRun), document: answerDocument(boxes, 1), sources: [sourceOf(ctSlice(index, GRID.rows, GRID.columns, more))] })); // oxfmt-ignore
    const objects = await resultObjects({ ...rest, runs: all, wants: ['gsps', 'sc'] });
    return [...new Set(objects.map(({ bytes }) => ReadResult.of(bytes).value('Laterality')))];
  };
  const left: DicomItem = { 0x00200062: ['CS', 'L'] };

  it('is that of the images, of which mammograms tell it each for itself', async () => {
    expect(await sidesOf(left)).toEqual(['L']);
    expect(await sidesOf({ 0x00200060: ['CS', 'R'] })).toEqual(['R']);
  });

  it('is not told where the pictures of one series are of both sides', async () => {
    expect(await sidesOf(left, { 0x00200062: ['CS', 'R'] })).toEqual([undefined]);
    expect(await sidesOf({ 0x00200062: ['CS', 'B'] })).toEqual([undefined]);
  });
});

describe('every object', () => {
  it('is the same for the same input, byte by byte', async () => {
    const [one, other] = [await resultObjects(input(segmentation, series(4))), await resultObjects(input(segmentation, series(4)))]; // oxfmt-ignore
    expect(one.map(({ bytes }) => bytes.toString('base64'))).toEqual(other.map(({ bytes }) => bytes.toString('base64'))); // oxfmt-ignore
  });

  it.each([
    [
      'UTF-8',
      'ISO_IR 192',
      Buffer.from('Müller^Zoë=山田^太郎', 'utf8'),
      { Alphabetic: 'Müller^Zoë', Ideographic: '山田^太郎' },
    ],
    ['Latin-1', 'ISO_IR 100', Buffer.from('Müller^Zoë', 'latin1'), { Alphabetic: 'Müller^Zoë' }],
    [
      'Japanese with escape sequences',
      '\\ISO 2022 IR 87',
      Buffer.from('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'latin1'),
      { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' },
    ],
  ])('has the patient of the source, in %s, also beside words of another alphabet', async (_, set, name, told) => {
    const sources = series(1, { 0x00080005: ['CS', set], 0x00100010: ['PN', name] });
    const plain = await resultObjects(input(boxes, sources, { wants: ['sr'] }));
    expect(plain[0]?.bytes.includes(name)).toBe(true);
    const words: Answer = { kind: 'text', text: 'Größe 日本 5 µm', reply: { form: 'open' } };
    const report = of(await resultObjects(input(words, sources, { wants: ['sr'] })), 'sr');
    expect(report.value('PatientName')).toEqual(told);
    expect(report.said('121071')).toEqual(['Größe 日本 5 µm']);
  });

  it('keeps a name that nobody can read for certain, and writes its own words in plain letters', async () => {
    const name = Buffer.from('M\xfcller', 'latin1');
    const words: Answer = { kind: 'text', text: 'Größe 日', reply: { form: 'open' } };
    const [report] = await resultObjects(input(words, series(1, { 0x00100010: ['PN', name] }), { wants: ['sr'] }));
    expect(report?.bytes.includes(name)).toBe(true);
    expect(report?.bytes.includes('Gro?e ?')).toBe(true);
  });

  it('is made of headers alone, also where they end inside of the pixel data', async () => {
    const whole = await resultObjects(input(segmentation, series(4), { wants: ['sr', 'seg'] }));
    const cut = series(4).map((source) => ({ ...source, header: source.header.subarray(0, -20) }));
    const made = await resultObjects(input(segmentation, cut, { wants: ['sr', 'seg'] }));
    expect(made.map(({ bytes }) => bytes)).toEqual(whole.map(({ bytes }) => bytes));
  });

  it('speaks of the frame where the source has several', async () => {
    const pixels = Buffer.alloc(2 * 3 * GRID.rows * GRID.columns);
    const loop = series(1, { 0x00280008: ['IS', '3'], 0x7fe00010: ['OW', pixels] });
    const report = of(await resultObjects(input(boxes, loop)), 'sr');
    expect(new Set(report.everywhere('ReferencedFrameNumber'))).toEqual(new Set([2]));
  });

  it('speaks of all of a slide, whose tiles are no places of what was found on it', async () => {
    const long = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
    const tiled = series(1, {
      0x00080060: ['CS', 'SM'],
      0x00280008: ['IS', 4],
      0x00480006: ['UL', long(2 * GRID.columns)],
      0x00480007: ['UL', long(2 * GRID.rows)],
    });
    const frame = { width: 2 * GRID.columns, height: 2 * GRID.rows };
    const region = { id: 'r1', label: nodule, box: { x: 20, y: 3, width: 5, height: 30 } };
    const objects = await resultObjects(input({ kind: 'regions', frame, regions: [region] }, tiled));
    expect(new Set(kindsOf(objects))).toEqual(new Set(['sr', 'sc']));
    const [marked] = of(objects, 'sr')
      .tree()
      .filter((item) => item.value('ValueType') === 'SCOORD');
    expect(marked?.value('PixelOriginInterpretation')).toBe('VOLUME');
    expect(marked?.values('GraphicData')).toEqual([20, 3, 25, 3, 25, 33, 20, 33, 20, 3]);
    expect(of(objects, 'sr').everywhere('ReferencedFrameNumber')).toEqual([]);
  });

  it('is refused where an answer speaks of an image that is not there', async () => {
    const document = answerDocument(segmentation, 1, [{ input: 7 }]);
    await expect(resultObjects(input(document, series(1)))).rejects.toMatchObject({ reason: 'unreadable_image' });
  });
});
