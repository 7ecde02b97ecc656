// The attributes of the objects that are made of results, read from objects that were made of drawn series with findings of each kind.
// Twice, of sources and results that differ in everything: so it shows where each value comes from.

const SLICES = 4;
const KINDS = ['sr', 'seg', 'sc', 'gsps'];

/** Two worlds that differ in everything that a source or a result may differ in: what stays the same is what is always written. */
const WORLDS = ['A', 'B'].map((letter, index) => ({
  letter,
  grid: { rows: 17 + 4 * index, columns: 13 + 2 * index },
  masked: 3 - index,
  now: new Date(`202${index}-0${index + 1}-02T0${index}:04:05Z`),
  source: {
    0x00080005: ['CS', 'ISO_IR 100'],
    0x00080020: ['DA', `2026010${index}`],
    0x00080030: ['TM', `10111${index}`],
    0x00080050: ['SH', `ACC${letter}`],
    0x00080090: ['PN', `Refer^${letter}`],
    0x00081030: ['LO', `Study ${letter}`],
    0x00100010: ['PN', `Doe^${letter}`],
    0x00100020: ['LO', `ID${letter}`],
    0x00100021: ['LO', `HOSPITAL${letter}`],
    0x00100030: ['DA', `1970010${index + 1}`],
    0x00100040: ['CS', index === 0 ? 'F' : 'M'],
    0x00101010: ['AS', `05${index}Y`],
    0x0020000d: ['UI', `1.2.3.4.${index + 60}`],
    0x00200010: ['SH', `S${letter}`],
    0x00200052: ['UI', `1.2.3.4.${index + 80}`],
    0x00281052: ['DS', `-102${index}`],
    0x00281053: ['DS', `${index + 1}`],
  },
}));

const label = { code: 'bone', display: 'Bone' };

/** Outlines on some of the slices, with a volume; and something that was not found. */
const segmentation = (rectangle, { grid, masked }) => ({
  kind: 'segmentation',
  segments: [
    { id: 's1', label, measurements: [{ code: 'volume', display: 'Volume', value: 1.25, unit: 'mL' }], score: 0.9 },
    { id: 's2', label: { code: 'mass', display: 'Mass' } },
  ],
  grid: { slices: SLICES, ...grid },
  masks: Array.from({ length: masked }, (_, slice) => ({
    segment: 's1',
    slice,
    counts: rectangle(grid, { x: 1, y: 2, width: 4, height: 5 }),
  })),
});

/** One box with its score, on one image. */
const regions = ({ grid }) => ({
  kind: 'regions',
  frame: { width: grid.columns, height: grid.rows },
  regions: [{ id: 'r1', label, score: 0.5, box: { x: 2, y: 3, width: 4, height: 5 } }],
});

/** @returns {Promise<{ kind: string, sopClassUid: string, attributes: object[] }[]>} */
export async function writtenObjects(load) {
  const [one, other] = await Promise.all(WORLDS.map((world) => worldOf(world, load)));
  return KINDS.map((kind) => {
    const { sopClassUid, attributes } = one.objects.get(kind);
    const others = other.objects.get(kind).attributes;
    return {
      kind,
      sopClassUid,
      attributes: [...attributes.values()].map((attribute) => ({
        ...attribute,
        from: originOf(attribute, others.get(attribute.tag), one.source, other.source),
      })),
    };
  });
}

async function worldOf({ letter, grid, now, source: more, ...world }, load) {
  const { answerDocument, ctSlice, rectangle } = load('libs/testkit/dist/index.js');
  const { resultObjects } = load('libs/imaging/dist/index.js');
  const files = Array.from({ length: SLICES }, (_, index) => ctSlice(index, grid.rows, grid.columns, more));
  const sources = files.map((file) => ({ header: file, read: () => Promise.resolve(file) }));
  const slices = sources.map((_, input) => ({ input }));
  const run = (name, document, of) => ({
    name: `${letter}/${name}`,
    requestId: `${letter}-${name}`,
    document: withModel(document, letter),
    sources: of,
  });
  const objects = await resultObjects({
    runs: [
      run('boxes', answerDocument(regions({ grid }), 1), sources.slice(0, 1)),
      run('segments', answerDocument(segmentation(rectangle, { grid, ...world }), SLICES, slices), sources),
    ],
    generation: letter === 'A' ? 2 : 3,
    predecessor: { sopClassUid: '1.2.3', sopInstanceUid: '2.25.1', seriesUid: '2.25.2' },
    equipment: { manufacturer: `M${letter}`, model: `N${letter}`, version: letter, serial: letter },
    now,
    wants: KINDS,
  });
  const read = ({ kind, sopClassUid, bytes }) => [kind, { sopClassUid, attributes: attributesOf(bytes, load) }];
  return { source: attributesOf(files[0], load), objects: new Map(objects.toReversed().map(read)) };
}

const withModel = (document, letter) => ({
  ...document,
  provenance: { ...document.provenance, model: { ...document.provenance.model, name: `model-${letter}` } },
});

/** Top-level attributes by tag, as DICOM JSON says them. */
function attributesOf(bytes, load) {
  const { DECODE_LIMITS, keywordOf, toDicomJson } = load('libs/imaging/dist/index.js');
  const { openWhole } = load('libs/imaging/dist/dicom/open-dicom.js');
  const json = toDicomJson(openWhole(bytes, DECODE_LIMITS).dataSet, { bulkUri: (path) => path, inlineBytes: 0 });
  const attributes = Object.entries(json).map(([hex, { vr, Value = [] }]) => {
    const tag = Number.parseInt(hex, 16);
    return { tag, vr, keyword: keywordOf(tag), value: Value };
  });
  return new Map(attributes.sort((a, b) => a.tag - b.tag).map((attribute) => [attribute.tag, attribute]));
}

/** In which both worlds agree, and others would not. */
const VARIES = new Set([
  'Columns',
  'InstanceNumber',
  'Laterality',
  'LossyImageCompression',
  'RescaleType',
  'SegmentsOverlap',
  'SpecificCharacterSet',
]);

const same = (one, other) => JSON.stringify(one?.value) === JSON.stringify(other?.value);

/** `always` the same, from the `images`, or `made` for this object. Sequences and pixels are always made. */
function originOf(attribute, inOther, source, otherSource) {
  if (attribute.vr === 'SQ' || attribute.keyword === 'PixelData') return 'made';
  const { keyword, tag } = attribute;
  if (same(attribute, inOther)) return VARIES.has(keyword) ? 'made' : 'always';
  return same(attribute, source.get(tag)) && same(inOther, otherSource.get(tag)) ? 'images' : 'made';
}
