import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { dataSetBytes, elementBytes, encapsulated, image, itemBytes, type DicomItem } from '@medserve/testkit';
import { InstanceFault } from './instance-fault';
import type { ExpectedInstance, InstanceHeader } from './instance-header';
import { INSTANCE_LIMITS, InstanceReader, type InstanceLimits } from './instance-reader';
import { readPart10Head } from './part10-head';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const SR = '1.2.840.10008.5.1.4.1.1.88.11';
const EXPLICIT = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const JPEG = '1.2.840.10008.1.2.4.50';
const MPEG4 = '1.2.840.10008.1.2.4.102';

const SAMPLES = join(__dirname, '../../../../../../shared/data/dicom');
const itWithSamples = existsSync(SAMPLES) ? it : it.skip;

const elements = (more: DicomItem = {}): DicomItem =>
  image(64, 64, {
    0x00080016: ['UI', CT],
    0x00080018: ['UI', '1.2.3.4.5'],
    0x00080060: ['CS', 'CT'],
    0x0020000d: ['UI', '1.2.3'],
    0x7fe00010: ['OW', Buffer.alloc(64 * 64 * 2)],
    ...more,
  });

const without = (tag: number, from: DicomItem = elements()): DicomItem =>
  Object.fromEntries(Object.entries(from).filter(([one]) => Number(one) !== tag));

const ct = (more: DicomItem = {}): Buffer => dataSetBytes(elements(more));

interface Reading {
  readonly syntax?: string | undefined;
  readonly chunk?: number;
  readonly expected?: ExpectedInstance;
  readonly limits?: Partial<InstanceLimits>;
}

async function read(
  bytes: Buffer,
  { syntax = EXPLICIT, chunk = 1_000, expected, limits }: Reading = {},
): Promise<InstanceHeader> {
  const reader = new InstanceReader(syntax, { ...INSTANCE_LIMITS, ...limits });
  for (let at = 0; at < bytes.length; at += chunk) await reader.write(bytes.subarray(at, at + chunk));
  return reader.end(expected);
}

const faultOf = (bytes: Buffer, reading?: Reading): Promise<string> =>
  read(bytes, reading).then(
    () => 'sound',
    (error: unknown) => {
      if (error instanceof InstanceFault) return error.kind;
      throw error;
    },
  );

/** The bytes of a value given another one, wherever its element stands. */
function patched(bytes: Buffer, tag: number, at: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  const copy = Buffer.from(bytes);
  value.copy(copy, copy.indexOf(head) + at);
  return copy;
}

describe('the reader of an instance', () => {
  it('says which instance it is, however its bytes come', async () => {
    const bytes = ct({ 0x00100010: ['PN', 'Doe^Jane'], 0x00280008: ['IS', '1'] });
    for (const chunk of [1, 7, 8_192, 1 << 20]) {
      expect(await read(bytes, { chunk })).toMatchObject({
        studyUid: '1.2.3',
        seriesUid: '1.2.3.4',
        sopInstanceUid: '1.2.3.4.5',
        sopClassUid: CT,
        transferSyntaxUid: EXPLICIT,
        attributes: {
          study: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] } },
          series: { '00080060': { vr: 'CS', Value: ['CT'] } },
          instance: { '00280010': { vr: 'US', Value: [64] }, '00280008': { vr: 'IS', Value: [1] } },
        },
      });
    }
  });

  it('reads the requests that a series belongs to', async () => {
    const request: DicomItem = { 0x00401001: ['SH', 'RP1'], 0x00400009: ['SH', 'SPS1'], 0x00321060: ['LO', 'x'] };
    const { attributes } = await read(ct({ 0x00400275: ['SQ', [request]] }));
    expect(attributes.series['00400275']?.Value).toEqual([
      { '00400009': { vr: 'SH', Value: ['SPS1'] }, '00401001': { vr: 'SH', Value: ['RP1'] } },
    ]);
  });

  it('reads text in the character set that is declared', async () => {
    const name = Buffer.from('M\xfcller', 'latin1');
    const { attributes } = await read(ct({ 0x00080005: ['CS', 'ISO_IR 100'], 0x00100010: ['PN', name] }));
    expect(attributes.study['00100010']?.Value).toEqual([{ Alphabetic: 'Müller' }]);
  });

  describe('finds a fault in', () => {
    const cut = ct();
    const rows: readonly [string, Buffer, string, Reading?][] = [
      ['nothing', Buffer.alloc(0), 'cannot_understand'],
      [
        'bytes that are no DICOM',
        Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at % 255) + 1)),
        'cannot_understand',
      ],
      ['pixels that end early', cut.subarray(0, -3_000), 'cannot_understand'],
      ['a header that ends in an element', cut.subarray(0, 61), 'cannot_understand'],
      ['a head of an element that ends early', dataSetBytes(without(0x7fe00010)).subarray(0, -5), 'cannot_understand'],
      ['an element longer than the rest', patched(cut, 0x00080060, 6, Buffer.from([0xf0, 0xff])), 'cannot_understand'],
      [
        '2 GB of pixels announced',
        patched(cut, 0x7fe00010, 8, Buffer.from([0xf0, 0xff, 0xff, 0x7f])),
        'cannot_understand',
      ],
      ['fewer pixels than rows', ct({ 0x00280010: ['US', 512] }), 'cannot_understand'],
      ['fewer pixels than frames', ct({ 0x00280008: ['IS', '2'] }), 'cannot_understand'],
      [
        'an item longer than its sequence',
        ct({ 0x00081140: ['SQ', itemBytes(Buffer.alloc(0)).fill(9, 4, 5)] }),
        'cannot_understand',
      ],
      ['a sequence of no items', ct({ 0x00081140: ['SQ', Buffer.alloc(16, 1)] }), 'cannot_understand'],
      ['another class than was said', cut, 'does_not_match', { expected: { sopClassUid: SR } }],
      ['another instance than was said', cut, 'does_not_match', { expected: { sopInstanceUid: '1.9' } }],
      ['no study', dataSetBytes(without(0x0020000d)), 'does_not_match'],
      ['no series', dataSetBytes(without(0x0020000e)), 'does_not_match'],
      ['a study of no UID', ct({ 0x0020000d: ['UI', '1..2'] }), 'does_not_match'],
      ['a series of no UID', ct({ 0x0020000e: ['UI', '..'] }), 'does_not_match'],
      ['a SOP instance of no UID', ct({ 0x00080018: ['UI', '1.2.'] }), 'cannot_understand'],
      ['a SOP class of no UID', ct({ 0x00080016: ['UI', '...'] }), 'cannot_understand'],
      ['no SOP instance', dataSetBytes(without(0x00080018)), 'cannot_understand'],
      ['an image without pixels', dataSetBytes(without(0x7fe00010)), 'does_not_match'],
      ['pixels that are not encapsulated, where they have to be', cut, 'cannot_understand', { syntax: JPEG }],
      ['a transfer syntax that is none', cut, 'transfer_syntax_unsupported', { syntax: '1.2.3.4' }],
      [
        'a deflated data set that is cut',
        deflateRawSync(cut).subarray(0, -20),
        'cannot_understand',
        { syntax: DEFLATED },
      ],
      ['a deflated data set that is none', cut, 'cannot_understand', { syntax: DEFLATED }],
    ];
    it.each(rows.map(([name, bytes, kind, reading = {}]) => ({ name, bytes, kind, reading })))(
      '$name',
      async ({ bytes, kind, reading }) => {
        expect(await faultOf(bytes, reading)).toBe(kind);
      },
    );

    const header = dataSetBytes(without(0x7fe00010));
    const coded = (frames: number): Buffer =>
      encapsulated(...Array.from({ length: frames }, () => Buffer.alloc(100, 1)));
    it.each<[string, Buffer]>([
      ['fragments without an end', Buffer.concat([header, coded(1)]).subarray(0, -8)],
      ['a fragment that is cut', Buffer.concat([header, coded(1)]).subarray(0, -60)],
      ['no fragment', Buffer.concat([header, coded(0)])],
      [
        'fewer fragments than frames',
        Buffer.concat([dataSetBytes(without(0x7fe00010, elements({ 0x00280008: ['IS', '3'] }))), coded(2)]),
      ],
    ])('%s', async (_, bytes) => {
      expect(await faultOf(bytes, { syntax: JPEG })).toBe('cannot_understand');
    });

    it('encapsulated pixels of a syntax that has none', async () => {
      expect(await faultOf(Buffer.concat([header, coded(1)]))).toBe('cannot_understand');
    });
  });

  describe('finds none in', () => {
    const header = dataSetBytes(without(0x7fe00010));
    const one = encapsulated(Buffer.alloc(100, 1));
    const rows: readonly [string, Buffer, Reading?][] = [
      ['a VR that does not exist', patched(ct({ 0x00081030: ['LO', 'Chest'] }), 0x00081030, 4, Buffer.from('ZZ'))],
      ['longer pixels than announced', ct({ 0x7fe00010: ['OW', Buffer.alloc(64 * 64 * 2 + 6)] })],
      ['zeros at the end', Buffer.concat([ct(), Buffer.alloc(30)])],
      ['trailing padding', Buffer.concat([ct(), elementBytes(0xfffcfffc, 'OB', Buffer.alloc(12))])],
      ['a report without pixels', dataSetBytes({ ...without(0x7fe00010), 0x00080016: ['UI', SR] })],
      [
        'a deflated data set with a byte of padding',
        Buffer.concat([deflateRawSync(ct()), Buffer.alloc(1)]),
        { syntax: DEFLATED },
      ],
      ['encapsulated pixels', Buffer.concat([header, one]), { syntax: JPEG }],
      [
        'a video, whose frames share one fragment',
        Buffer.concat([dataSetBytes(without(0x7fe00010, elements({ 0x00280008: ['IS', '30'] }))), one]),
        { syntax: MPEG4 },
      ],
      ['UIDs padded with a space', ct({ 0x0020000d: ['UI', Buffer.from('1.2.3 ')] })],
      ['subsampled chroma', ct({ 0x00280002: ['US', 3], 0x00280100: ['US', 8], 0x00280004: ['CS', 'YBR_FULL_422'] })],
      ['one bit a pixel', ct({ 0x00280100: ['US', 1], 0x7fe00010: ['OB', Buffer.alloc(512)] })],
    ];
    it.each(rows.map(([name, bytes, reading = {}]) => ({ name, bytes, reading })))(
      '$name',
      async ({ bytes, reading }) => {
        expect(await faultOf(bytes, reading)).toBe('sound');
      },
    );
  });

  describe('bounds', () => {
    it('the depth of sequences', async () => {
      const open = Buffer.concat([elementBytes(0x00081140, 'SQ', Buffer.alloc(0)), itemBytes(Buffer.alloc(0))]);
      open.fill(0xff, 8, 12).fill(0xff, 16, 20);
      const deep = Buffer.concat([ct().subarray(0, 0), ...Array.from({ length: 100_000 }, () => open)]);
      expect(await faultOf(deep)).toBe('cannot_understand');
    });

    it('the number of elements', async () => {
      expect(await faultOf(ct(), { limits: { maxElements: 10 } })).toBe('cannot_understand');
    });

    it('what a deflated data set becomes', async () => {
      const bomb = deflateRawSync(Buffer.concat([ct(), elementBytes(0xfffcfffc, 'OB', Buffer.alloc(64 << 20))]));
      expect(bomb.length).toBeLessThan(100_000);
      expect(await faultOf(bomb, { syntax: DEFLATED, limits: { maxInflatedBytes: 1 << 20 } })).toBe(
        'cannot_understand',
      );
      expect(await faultOf(bomb, { syntax: DEFLATED })).toBe('sound');
    });
  });

  itWithSamples('finds no fault in any sound file of real devices', async () => {
    const notSound = /truncated|UN_sequence|priv_SQ|JPEGLSNearLossless|jls_lossy|empty_charset|meta_missing|no_meta/;
    const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.dcm') && !notSound.test(name));
    expect(names.length).toBeGreaterThan(50);
    const faults: string[] = [];
    for (const name of names) {
      const file = readFileSync(join(SAMPLES, name));
      const head = readPart10Head(file);
      const fault = await read(file.subarray(head.dataSetOffset), {
        syntax: head.transferSyntaxUid,
        chunk: 4_096,
      }).then(
        () => undefined,
        (error: unknown) => `${name}: ${String(error)}`,
      );
      if (fault !== undefined) faults.push(fault);
    }
    expect(faults).toEqual([]);
  });
});
