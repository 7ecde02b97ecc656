import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root, seen from `apps/cli/dist` and `apps/cli/src` alike. */
const root = join(__dirname, '..', '..', '..');

export const version = (): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** The reference model packages that come with the platform. */
export const builtInModels = (): string => join(root, 'models');

/** Recipes of published systems that come with the platform. */
export const catalogFolder = (): string => join(root, 'catalog');

/** The file that this command is started with. */
export const command = (): string => join(root, 'bin', 'medserve.js');
