import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDestinations } from './load-destinations';

const PACS = { name: 'pacs', kind: 'dicom', aet: 'PACS', host: 'pacs.local', port: 104 };

describe('the setting that names destinations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-destinations-'));
  const file = join(folder, 'd.yaml');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const load = (told: unknown) =>
    loadDestinations(typeof told === 'string' ? told : JSON.stringify(told), 'THE_SETTING');
  const names = (told: unknown): string[] => load(told).map(({ settings }) => settings.name);

  beforeEach(() => {
    writeFileSync(file, `destinations:\n  - { name: hook, kind: webhook, url: https://h/in, secretFile: s }\n`);
  });

  it('may hold them, name a file of them, or both', () => {
    expect(names([])).toEqual([]);
    expect(names([PACS])).toEqual(['pacs']);
    expect(names(`file:${file}`)).toEqual(['hook']);
    expect(names([`file:${file}`, PACS])).toEqual(['hook', 'pacs']);
  });

  it('has the paths in a file relative to the file', () => {
    expect(load(`file:${file}`)[0]?.folder).toBe(folder);
    expect(load([PACS])[0]?.folder).toBe(process.cwd());
  });

  it.each([
    [
      'a file that is not there',
      'file:/not/there.yaml',
      '/not/there.yaml are not right: the file cannot be read (ENOENT)',
    ],
    ['what is no JSON', '{', 'THE_SETTING are not right: it has to be a JSON array'],
    ['what is no array', '{}', 'THE_SETTING are not right: it has to be a JSON array'],
    ['a mistake in one', [{ ...PACS, port: 0 }], 'THE_SETTING are not right: pacs.port'],
  ])('is refused for %s', (_, told, problem) => {
    expect(() => load(told)).toThrow(problem);
  });

  it('is refused where a file has a name that the setting has too', () => {
    writeFileSync(file, JSON.stringify([PACS]));
    expect(() => load([`file:${file}`, PACS])).toThrow('pacs: is there twice');
  });
});
