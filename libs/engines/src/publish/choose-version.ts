import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ServingError } from '@medserve/errors';

const MAX_NAME = 64;

/** @throws ServingError `invalid_request`: what becomes part of a path is checked first */
export function chooseName(name: string): string {
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && name.length <= MAX_NAME) return name;
  throw new ServingError('invalid_request', `"${name}" cannot be the name of a model.`, {
    field: 'name',
    remedy: 'Choose lower-case letters, digits and single hyphens with --name.',
  });
}

/**
 * The version wanted, or the one after the newest.
 *
 * @throws ServingError `invalid_request` when it is none, or there already, saying which is free
 */
export async function chooseVersion(repository: string, name: string, wanted: string | undefined): Promise<string> {
  const folders = await readdir(join(repository, name)).catch((): string[] => []);
  const numbers = folders.filter((folder) => /^[0-9]{1,9}$/.test(folder)).map(Number);
  const next = String(Math.max(0, ...numbers) + 1);
  if (wanted === undefined) return next;
  if (!/^[1-9][0-9]{0,8}$/.test(wanted)) {
    throw new ServingError('invalid_request', `"${wanted}" cannot be the version of a model.`, {
      field: 'version',
      remedy: 'Choose a whole number from 1 on with --version.',
    });
  }
  if (!folders.includes(wanted)) return wanted;
  throw new ServingError('invalid_request', `Version ${wanted} of ${name} is there already; no version ever changes.`, {
    field: 'version',
    remedy: `Publish it as another one: --version ${next}.`,
  });
}
