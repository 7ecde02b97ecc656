import { ServingError } from '@medserve/errors';
import type { ModelLoad } from '@medserve/rpc';

const FILE_PREFIX = 'file:';

/** `<version>/<file>`, below the folder of the version and nowhere else. */
const FILE_PATH = /^\d{1,18}(?:\/[^/\\\0]{1,255}){1,8}$/;

/**
 * What the parameters of a load say: `config`, a text, and `file:<version>/<name>`, a file (model repository extension). Others
 * are refused: a misspelt one would be a configuration that is silently left out.
 *
 * @param fileOf the bytes of a file as the door spells them; undefined: that is none
 * @throws ServingError `invalid_request`
 */
export function readLoad(
  parameters: Iterable<readonly [name: string, value: unknown]>,
  fileOf: (value: unknown) => Uint8Array | undefined,
): Pick<ModelLoad, 'configJson' | 'files'> {
  const files: [string, Uint8Array][] = [];
  let configJson: string | undefined;
  for (const [name, value] of parameters) {
    if (name.startsWith(FILE_PREFIX)) files.push([pathOf(name.slice(FILE_PREFIX.length)), contentOf(value, fileOf)]);
    else if (name !== 'config')
      throw invalid('parameters', 'A load has the parameters "config" and "file:<version>/<name>".');
    else if (typeof value === 'string') configJson = value;
    else throw invalid('parameters.config', 'The configuration is not a text.');
  }
  // A path may be any text, `__proto__` too.
  return { configJson, files: files.length === 0 ? undefined : Object.fromEntries(files) };
}

function pathOf(path: string): string {
  if (FILE_PATH.test(path) && !path.split('/').some((part) => part === '.' || part === '..')) return path;
  throw invalid('parameters.file', 'A file of a model has the name "file:<version>/<name>".');
}

function contentOf(value: unknown, fileOf: (value: unknown) => Uint8Array | undefined): Uint8Array {
  const bytes = fileOf(value);
  if (bytes === undefined)
    throw invalid('parameters.file', 'A file of a model is not given as its bytes, in base64 where it is JSON.');
  return bytes;
}

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });
