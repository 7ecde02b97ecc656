import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/platform';

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'generated'].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|mjs|cjs)$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name)) yield path;
  }
}

describe('the source', () => {
  it('reads the environment only where a process begins', () => {
    const allowed =
      /^(libs\/runtime\/src\/lifecycle\/run-service|libs\/testkit\/|libs\/storage\/src\/embedded\/|apps\/cli\/src\/|apps\/inference\/src\/(pod\/host-process|host-main|worker-main))/;
    const readers = ['libs', 'apps']
      .flatMap((group) => [...sources(join(ROOT, group))])
      .filter((path) => readFileSync(path, 'utf8').includes('process.env'))
      .map((path) => path.slice(ROOT.length + 1))
      .filter((path) => !allowed.test(path));
    expect(readers).toEqual([]);
  });

  it('logs by the closed list of fields, never by console', () => {
    const talkers = ['libs', 'apps']
      .flatMap((group) => [...sources(join(ROOT, group))])
      .filter((path) => /\bconsole\.\w+\(/.test(readFileSync(path, 'utf8')))
      .map((path) => path.slice(ROOT.length + 1));
    expect(talkers).toEqual([]);
  });
});
