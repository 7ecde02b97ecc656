import { Option } from 'commander';
import { readCatalog, type Recipe } from '@medserve/engines';
import { catalogFolder } from '../package';

export const folderOption = (): Option =>
  new Option('--catalog <dir>', 'folder of recipes').default(catalogFolder(), 'that of the platform');

/** @throws Error naming the systems that there are */
export async function recipesNamed(folder: string, names: readonly string[]): Promise<readonly Recipe[]> {
  const all = await readCatalog(folder);
  const unknown = names.find((name) => !all.some(({ system }) => system === name));
  if (unknown !== undefined) {
    throw new Error(`the catalogue has no system "${unknown}"; it has ${all.map(({ system }) => system).join(', ')}`);
  }
  return names.length === 0 ? all : all.filter(({ system }) => names.includes(system));
}
