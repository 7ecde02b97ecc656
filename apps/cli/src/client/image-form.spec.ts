import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageForm } from './image-form';

let folder: string;
let told: string;

const at = (...steps: string[]): string => join(folder, ...steps);

/** Begins like a JPEG, whatever follows. */
const PICTURE = Buffer.from([0xff, 0xd8, 0xff]);
const picture = (words: string): Buffer => Buffer.concat([PICTURE, Buffer.from(words)]);

async function sent(...paths: string[]): Promise<string[]> {
  const form = await imageForm(paths, { task: 'classification' });
  return Promise.all(
    form.getAll('file').map(async (file) => {
      if (!(file instanceof File)) return 'no file';
      return `${file.name}: ${(await file.text()).replace(/^\uFFFD+/, '')}`;
    }),
  );
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medserve-form-'));
  told = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('what a command sends', () => {
  it('is what is named, whatever it is called', async () => {
    writeFileSync(at('notes.txt'), 'one');
    expect(await sent(at('notes.txt'))).toEqual(['notes.txt: one']);
    expect(told).toBe('');
  });

  it('is of a folder all files below it, in the order of people, and it says what is left out', async () => {
    mkdirSync(at('ct', 'series'), { recursive: true });
    for (const name of ['im10', 'im2']) writeFileSync(at('ct', 'series', name), picture(name));
    for (const name of ['DICOMDIR', '.hidden']) writeFileSync(at('ct', name), 'x');
    writeFileSync(at('ct', 'series', 'empty'), '');
    mkdirSync(at('ct', '.cache'));
    writeFileSync(at('ct', '.cache', 'im3'), 'x');
    symlinkSync(at('gone'), at('ct', '.lock'));
    symlinkSync(at('ct', 'series', 'im2'), at('ct', 'im1'));
    symlinkSync(at('ct', 'series'), at('ct', 'other'));
    expect(await sent(at('ct'))).toEqual(['im1: im2', 'im2: im2', 'im10: im10']);
    expect(told).toBe(`left out of ${at('ct')}: ${join('.cache', 'im3')}, .hidden, .lock, DICOMDIR, other, 1 more\n`);
  });

  it('is of a folder no file that begins as no image does', async () => {
    mkdirSync(at('cd'));
    writeFileSync(at('cd', 'im1.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    writeFileSync(at('cd', 'VIEWER.EXE'), 'MZ');
    writeFileSync(at('cd', 'README.TXT'), 'Insert the disk and wait for the viewer.');
    writeFileSync(at('cd', 'im2.dcm'), Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]));
    expect((await sent(at('cd'))).map((file) => file.split(':')[0])).toEqual(['im1.png', 'im2.dcm']);
    expect(told).toBe(`left out of ${at('cd')}: README.TXT, VIEWER.EXE\n`);
  });

  it('does not pour out a thousand names', async () => {
    mkdirSync(at('ct'));
    writeFileSync(at('ct', 'im1'), PICTURE);
    for (let index = 0; index < 40; index += 1) writeFileSync(at('ct', `.${String(index)}`), 'x');
    await sent(at('ct'));
    expect(told).toContain(', 35 more\n');
  });

  it.each([
    ['is not there', 'absent', /cannot read .*absent: ENOENT/],
    ['is a folder without images', 'empty', /cannot read .*empty: there is no image in the folder/],
  ])('is refused where it %s', async (_, name, message) => {
    mkdirSync(at('empty'));
    await expect(imageForm([at(name)], {})).rejects.toThrow(message);
  });

  it('is refused where a link leads nowhere', async () => {
    mkdirSync(at('ct'));
    symlinkSync(at('gone'), at('ct', 'im1'));
    await expect(imageForm([at('ct')], {})).rejects.toThrow(/cannot read .*im1: ENOENT/);
  });
});
