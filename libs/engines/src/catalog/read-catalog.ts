import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@medserve/errors';
import { parse } from 'yaml';
import { recipeSchema, type Recipe } from './recipe';

const MAX_BYTES = 1 << 20;
const SUFFIX = '.yaml';

/** Recipes that cannot be gone by: everything that is wrong with all of them, a line each. */
class CatalogError extends ConfigurationError {
  constructor(problems: readonly string[]) {
    super(`the catalogue is not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'CatalogError';
  }
}

function problemsOf(file: string, text: string): Recipe | readonly string[] {
  if (text.length > MAX_BYTES) return [`${file}: is larger than ${String(MAX_BYTES)} bytes`];
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch {
    return [`${file}: is no YAML that is read here`];
  }
  const parsed = recipeSchema.safeParse(document);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => `${file}: ${issue.path.join('.') || '(all)'}: ${issue.message}`);
  }
  const { system } = parsed.data;
  return `${system}${SUFFIX}` === file ? parsed.data : [`${file}: says that it is the system "${system}"`];
}

/**
 * The recipes of a folder, by the names of their systems.
 *
 * @throws CatalogError; Error when the folder cannot be read
 */
export async function readCatalog(folder: string): Promise<readonly Recipe[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(SUFFIX)).sort();
  const read = await Promise.all(
    files.map(async (file) => problemsOf(file, await readFile(join(folder, file), 'utf8'))),
  );
  const problems = read.flatMap((each) => (Array.isArray(each) ? (each as readonly string[]) : []));
  if (problems.length > 0) throw new CatalogError(problems);
  return read.filter((each): each is Recipe => !Array.isArray(each));
}
