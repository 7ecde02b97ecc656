import { readFileSync, statSync } from 'node:fs';

/** What a bundler writes before each module that it puts into a file. */
const REGION = /^\/\/ (\S+\.[cm]?js)$/;
const PLACE = /\(?(\/.+\.js):(\d+):\d+\)?$/;
/** A part of several services is named by its digest, so what was read of it stays true. */
const PART = /\/part-[^/]+\.js$/;
const STARTED_MS = Date.now() - process.uptime() * 1_000;
/** No file that runs here is longer; one that is would stop the process while it is read. */
const MAX_LINES = 1_000_000;

interface Region {
  readonly line: number;
  readonly module: string;
}

/** By file; read once, when an error first comes out of it. */
const known = new Map<string, readonly Region[]>();

function regionsOf(file: string): readonly Region[] {
  const found = known.get(file);
  if (found !== undefined) return found;
  const regions: Region[] = [];
  try {
    // Written after this process had read its code: then its lines are others.
    if (!PART.test(file) && statSync(file).mtimeMs > STARTED_MS) return regions;
    for (const [index, text] of readFileSync(file, 'utf8').split('\n', MAX_LINES).entries()) {
      const module = REGION.exec(text)?.[1];
      if (module !== undefined) regions.push({ line: index + 1, module });
    }
  } catch {
    // Gone meanwhile: then the file itself is all that can be told.
    return regions;
  }
  known.set(file, regions);
  return regions;
}

/**
 * The module that a line of a stack points into, `apps/gateway/dist/infer/road.js`, where the file is a bundle of many; otherwise
 * undefined.
 */
export function moduleOf(frame: string): string | undefined {
  const [, file, line] = PLACE.exec(frame) ?? [];
  if (file === undefined || line === undefined) return undefined;
  return regionsOf(file).findLast((region) => region.line <= Number(line))?.module;
}
