import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MODALITIES } from './modalities/registry';
import { READERS } from './readers/registry';
import { TASKS } from './tasks/registry';
import { TEXT_READERS } from './text-readers/registry';

const folders = (place: string): string[] =>
  readdirSync(join(__dirname, place), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(__dirname, place, entry.name, 'index.ts')))
    .map(({ name }) => name)
    .sort();

describe.each([
  ['tasks', TASKS],
  ['modalities', MODALITIES],
  ['readers', READERS],
  ['text-readers', TEXT_READERS],
])('the registry of %s', (place, registry) => {
  it('has a line for every folder, under the name of the folder', () => {
    expect([...registry.keys()].sort()).toEqual(folders(place));
  });
});

it('every modality has a default task that exists', () => {
  for (const { defaultTask } of MODALITIES.values()) expect(TASKS.has(defaultTask)).toBe(true);
});
