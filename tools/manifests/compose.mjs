// What is wrong with deploy/compose/compose.yaml by the schema of Compose.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentsOf } from './documents.mjs';
import { validator } from './validate.mjs';

const SCHEMA = join(dirname(fileURLToPath(import.meta.url)), 'schemas', 'compose.json');

/** @returns {string[]} */
export function problemsOfCompose(text) {
  const { root, definitions } = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  return documentsOf(text, { merge: true }).flatMap((document) => validator(definitions)(root, document, 'compose'));
}

/** Of the file of the tree, and of the files that it names. */
export function composeProblems(root) {
  const folder = join(root, 'deploy/compose');
  const text = readFileSync(join(folder, 'compose.yaml'), 'utf8');
  const [{ configs = {} }] = documentsOf(text, { merge: true });
  const missing = Object.values(configs)
    .map(({ file }) => file)
    .filter((file) => file !== undefined && !file.includes('$') && !existsSync(join(folder, file)));
  return [...problemsOfCompose(text), ...missing.map((file) => `compose: there is no ${file}`)];
}
