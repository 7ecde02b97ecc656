// Documents of Kubernetes in files, and what is wrong with them by the schemas of their kinds.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { validator } from './validate.mjs';

const SCHEMAS = join(dirname(fileURLToPath(import.meta.url)), 'schemas');
const META = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };

const read = (file) => JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8'));
const validate = validator(read('definitions.json'));

/**
 * @param merge whether `<<` is a merge, as in files of Compose
 * @throws Error naming the line where it is no YAML, or says a key twice
 */
export function documentsOf(text, { merge = false } = {}) {
  return parseAllDocuments(text, { uniqueKeys: true, merge }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const content = document.toJS();
    return content === null || content === undefined ? [] : [content];
  });
}

/** @returns {string[]} what is wrong with the document, in sentences that begin with what it is */
export function problemsOf(document) {
  const { apiVersion, kind, metadata } = document;
  const what = `${kind} ${metadata?.name ?? '(without a name)'}`;
  const file = `${String(apiVersion).replaceAll('/', '_')}_${kind}.json`;
  if (!existsSync(join(SCHEMAS, file)))
    return [`${what}: ${apiVersion} ${kind} is not in tools/manifests/kinds.mjs, so nothing is known of its fields`];
  return [...validate(read(file), document, what), ...validate(META, metadata ?? {}, `${what}.metadata`)];
}
