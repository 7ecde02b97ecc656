// Where things that take long to fetch are kept between runs: MEDSERVE_CACHE, or .cache/ in the repository.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const cacheFolder = () => resolve(process.env['MEDSERVE_CACHE'] ?? join(ROOT, '.cache'));
