#!/usr/bin/env node
// What a browser has to fetch before the first page of the console can be used: the page, the entry and what it imports, their styles.
// Compressed as the gateway sends it. `npm run check` fails where that has become too much.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** For the worse of the two codings. */
const MOST_BYTES = 250_000;

/**
 * The files of the first load, by Vite's manifest: what is imported when it is needed only is no part of it.
 *
 * @param {Record<string, { file: string, isEntry?: boolean, imports?: string[], css?: string[] }>} manifest
 * @returns {string[]} below the built folder, in no order
 */
export function firstLoad(manifest) {
  const seen = new Set();
  const files = new Set(['index.html']);
  const add = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const { file, imports = [], css = [] } = manifest[name];
    for (const one of [file, ...css]) files.add(one);
    imports.forEach(add);
  };
  for (const [name, { isEntry }] of Object.entries(manifest)) if (isEntry === true) add(name);
  return [...files];
}

/** @param {string} folder as Vite wrote it */
export function measure(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite', 'manifest.json'), 'utf8'));
  return firstLoad(manifest).map((file) => {
    const bytes = readFileSync(join(folder, file));
    return {
      file,
      plain: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes).length,
    };
  });
}

const kb = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`;

function main() {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const folder = join(root, 'apps', 'console', 'dist');
  if (!existsSync(join(folder, '.vite', 'manifest.json'))) {
    console.error('console: it is not built (npm run build)');
    return 1;
  }
  const files = measure(folder);
  const sum = (coding) => files.reduce((total, file) => total + file[coding], 0);
  for (const { file, gzip, brotli } of files) console.log(`  ${file}: gzip ${kb(gzip)}, brotli ${kb(brotli)}`);
  const [gzip, brotli] = [sum('gzip'), sum('brotli')];
  const isKept = gzip <= MOST_BYTES;
  const words = `first load: gzip ${kb(gzip)}, brotli ${kb(brotli)}; at most ${kb(MOST_BYTES)} may be`;
  if (isKept) console.log(`console: ${words}`);
  else
    console.error(
      `console: ${words}. Import what the first page does without when it is needed: lazy(() => import(...)).`,
    );
  return isKept ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
