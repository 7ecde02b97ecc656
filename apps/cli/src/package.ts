import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The project's root, seen from `apps/cli/dist` and `apps/cli/src` alike. */
const root = join(__dirname, '..', '..', '..');

export const version = (): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** The reference model packages that come with the platform. */
export const builtInModels = (): string => join(root, 'models');

/** The routes that come with the platform: what is done with a study. */
export const builtInRoutes = (): string => join(root, 'routes');

/** Recipes of published systems that come with the platform. */
export const catalogFolder = (): string => join(root, 'catalog');

/** The folder of the page that people look at; undefined while it is not built. */
export const builtConsole = (): string | undefined => {
  const folder = join(root, 'apps', 'console', 'dist');
  return existsSync(join(folder, 'index.html')) ? folder : undefined;
};

/** The file that this command is started with. */
export const command = (): string => join(root, 'bin', 'medserve.js');

/** What runs is in few files: `medserve`, the single shape and each service (`tools/bundles`). */
export const bundled = (name: string): string => join(root, 'dist', `${name}.js`);

/**
 * Where Node keeps what V8 made of a file's code. One place for each: what V8 made under other flags it does not take, and the next
 * process would write it anew. Where nobody may write, nothing is kept.
 */
export const codeCache = (entry: string): string =>
  join(root, 'node_modules', '.cache', 'medserve', 'code', basename(entry, '.js'));
