import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './platform';

const FOLDER = join(ROOT, '..', 'shared', 'data');

/** Real, licensed images that do not belong to the project; an ordinary clone does without. */
export const hasSharedData = existsSync(FOLDER);

if (!hasSharedData) {
  process.stdout.write(
    'The real test images (../shared/data) are absent: tests on them are skipped, those on synthetic images run.\n',
  );
}

/** `it` where the real images are there, `it.skip` where they are not. */
export const itWithRealImages = hasSharedData ? it : it.skip;

export const sharedFile = (...path: readonly string[]): Buffer => readFileSync(join(FOLDER, ...path));

export const sharedFolder = (...path: readonly string[]): string[] => readdirSync(join(FOLDER, ...path)).sort();
