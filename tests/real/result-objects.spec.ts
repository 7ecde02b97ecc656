import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser, { type DataSet } from 'dicom-parser';
import type { RunLengthMask } from '@medserve/clinical';
import { resultObjects, type ResultObject } from '@medserve/imaging';
import { itWithRealImages } from '../support/shared-data';
import { allInputs, evenInput, headCt, headInput, segments, type NamedInput } from './result-inputs';

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;

/** `it` where a program is installed; else a test that says that nothing was validated. */
function itWith(program: string, name: string, test: () => void, timeoutMs: number): void {
  if (has(program)) it(name, test, timeoutMs);
  else it.skip(`SKIPPED, ${program} is not installed (Debian: dicom3tools, pixelmed-apps, dcmtk): ${name}`, test);
}

/** The content of their reports is that of others: PixelMed's validator takes seconds for each. */
const ALIKE: ReadonlySet<string> = new Set([
  'even',
  'radiograph-inverse',
  'utf-8',
  'latin-1',
  'latin-1-report',
  'japanese',
  'japanese-report',
]);

/** Without these the limits of the JDK end PixelMed's validator half-way. */
const UNLIMITED = ['TotalOpLimit', 'ExprOpLimit', 'ExprGrpLimit'].map((name) => `-Djdk.xml.xpath${name}=0`);
const PIXELMED = '/usr/share/java/pixelmed.jar';

function output(program: string, ...args: string[]): string[] {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64e6 });
  return `${done.stdout}\n${done.stderr}`.split('\n');
}

/** What PixelMed's validator says of each report, all in one process: its start takes five seconds. */
function validated(files: readonly string[]): Map<string, string[]> {
  const source = join(__dirname, 'dicom', 'ValidateReports.java');
  const said = output('java', ...UNLIMITED, '-cp', PIXELMED, source, ...files)
    .join('\n')
    .split('file\t')
    .slice(1);
  return new Map(said.map((one) => one.split('\n')).map(([file = '', ...lines]) => [file, lines]));
}

describe('the DICOM objects of results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-objects-'));
  const made: { file: string; kind: string; input: NamedInput }[] = [];

  beforeAll(async () => {
    for (const input of allInputs()) {
      writeFileSync(join(folder, `${input.name}.source`), input.source);
      for (const [index, { kind, bytes }] of (await resultObjects(input.input)).entries()) {
        const file = join(folder, `${input.name}-${String(index)}.${kind}.dcm`);
        writeFileSync(file, bytes);
        made.push({ file, kind, input });
      }
    }
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  itWith(
    'dciodvfy',
    'are what their IODs ask for: dciodvfy finds no error that the source does not have',
    () => {
      const errors = (file: string): string[] =>
        output('dciodvfy', '-new', file).filter((line) => line.startsWith('Error'));
      const attribute = (line: string): string => /\([0-9a-f]{4},[0-9a-f]{4}\)/.exec(line)?.[0] ?? line;
      const found = made.flatMap(({ file, input }) => {
        const ofSource = new Set(errors(join(folder, `${input.name}.source`)).map(attribute));
        return errors(file).filter((line) => !ofSource.has(attribute(line))).map((line) => `${file}: ${line}`); // oxfmt-ignore
      });
      expect(found).toEqual([]);
    },
    120_000,
  );

  itWith(
    'DicomSRValidator',
    'are reports by TID 1500: PixelMed finds no error',
    () => {
      const files = made.flatMap(({ file, kind, input }) => (kind === 'sr' && !ALIKE.has(input.name) ? [file] : []));
      expect(files.length).toBeGreaterThan(15);
      const said = validated(files);
      const found = files.flatMap((file) => {
        const lines = said.get(file) ?? [];
        const errors = lines.filter((line) => /^Error|unrecognized|Exception/.test(line));
        const isWhole = lines.some((line) => line.includes('validation complete'));
        return [...errors, ...(isWhole ? [] : ['not to the end'])].map((error) => `${file}: ${error}`);
      });
      expect(found).toEqual([]);
    },
    240_000,
  );

  itWith(
    'dsr2xml',
    'are reports that DCMTK reads',
    () => {
      const reports = made.filter(({ kind }) => kind === 'sr');
      expect(reports.length).toBeGreaterThan(15);
      expect(reports.filter(({ file }) => spawnSync('dsr2xml', [file]).status !== 0)).toEqual([]);
    },
    60_000,
  );

  it('are segmentations that ITK reads back voxel by voxel', async () => {
    const { input } = evenInput();
    const seg = (await resultObjects(input)).find(({ kind }) => kind === 'seg') as ResultObject;
    const file = join(folder, 'even-for-itk.dcm');
    writeFileSync(file, seg.bytes);
    const read = await readByItk(file);
    const { grid, masks } = segments(6, { rows: 37, columns: 29 });
    const [columns, rows, slices] = read.size;
    expect([columns, rows, slices]).toEqual([grid.columns, grid.rows, grid.slices - 2]);
    const wanted = new Int32Array(grid.columns * grid.rows * (grid.slices - 2));
    for (const { segment, slice, counts } of masks) {
      const samples = samplesOf({ width: grid.columns, height: grid.rows, counts });
      for (const [at, sample] of samples.entries()) {
        if (sample === 1) wanted[(slice - 1) * grid.columns * grid.rows + at] = segment === 'bone' ? 1 : 2;
      }
    }
    expect(Buffer.from(Int32Array.from(read.data).buffer).equals(Buffer.from(wanted.buffer))).toBe(true);
  }, 60_000);

  itWithRealImages('are the outlines of a tilted, uneven series, frame by frame where its slices lie', async () => {
    const { input } = headInput();
    const seg = (await resultObjects(input)).find(({ kind }) => kind === 'seg') as ResultObject;
    const read = dicomParser.parseDicom(seg.bytes);
    const frames = read.elements['x52009230']?.items?.map(({ dataSet }) => dataSet as DataSet) ?? [];
    const sources = headCt().map((file) => dicomParser.parseDicom(file));
    const { masks } = segments(sources.length, { rows: 512, columns: 512 });
    expect(frames).toHaveLength(masks.length);
    const bits = read.byteArray.subarray(read.elements['x7fe00010']?.dataOffset ?? 0);
    for (const [index, frame] of frames.entries()) {
      const source = sources.find((one) => one.string('x00080018') === sourceOfFrame(frame)) as DataSet;
      expect(frame.elements['x00209113']?.items?.[0]?.dataSet?.string('x00200032')).toBe(source.string('x00200032'));
      const mask = masks.find(({ segment, slice }) => sources[slice] === source && segment === segmentOfFrame(frame));
      const samples = samplesOf({ width: 512, height: 512, counts: mask?.counts ?? [] });
      const packed = Buffer.from(Uint8Array.from({ length: 512 * 64 }, (_, byte) => byteOf(samples, byte)));
      expect(packed.equals(bits.subarray(index * 512 * 64, (index + 1) * 512 * 64))).toBe(true);
    }
  });
});

/** The part of @itk-wasm/dicom that is used: a module of another kind, loaded in a process of its own. */
async function readByItk(file: string): Promise<{ size: number[]; data: number[] }> {
  const script = `
    const { readSegmentationNode } = await import('@itk-wasm/dicom');
    const { segImage } = await readSegmentationNode(process.argv[1]);
    process.stdout.write('\\n=' + JSON.stringify({ size: segImage.size, data: [...segImage.data] }));`;
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', script, file], { encoding: 'utf8', cwd: __dirname, maxBuffer: 64e6 }); // oxfmt-ignore
  const said = done.stdout.split('\n=').at(-1);
  if (done.status !== 0 || said === undefined) throw new Error(`ITK did not read it: ${done.stderr}`);
  return Promise.resolve(JSON.parse(said) as { size: number[]; data: number[] });
}

function samplesOf({ width, height, counts }: RunLengthMask): Uint8Array {
  const samples = new Uint8Array(width * height);
  let at = 0;
  for (const [run, count] of counts.entries()) {
    if (run % 2 === 1) samples.fill(1, at, at + count);
    at += count;
  }
  return samples;
}

const byteOf = (samples: Uint8Array, byte: number): number =>
  samples.subarray(8 * byte, 8 * byte + 8).reduce((sum, sample, bit) => sum | (sample << bit), 0);

const sourceOfFrame = (frame: DataSet): string | undefined =>
  frame.elements['x00089124']?.items?.[0]?.dataSet?.elements['x00082112']?.items?.[0]?.dataSet?.string('x00081155');

const segmentOfFrame = (frame: DataSet): string =>
  frame.elements['x0062000a']?.items?.[0]?.dataSet?.uint16('x0062000b') === 1 ? 'bone' : 'bleed';
