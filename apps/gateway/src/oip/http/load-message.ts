import { ServingError } from '@medserve/errors';
import type { ModelLoad } from '@medserve/rpc';

const FILE_PREFIX = 'file:';

/** `<version>/<file>`, below the folder of the version and nowhere else. */
const FILE_PATH = /^\d{1,18}(?:\/[^/\\\0]{1,255}){1,8}$/;

/**
 * What the parameters of a load say: `config`, and `file:<version>/<name>` with the file in base64 (model repository extension).
 *
 * @throws ServingError `invalid_request` for a configuration that is no text, paths that lead elsewhere, and files that are not
 *   base64
 */
export function loadOf(parameters: Readonly<Record<string, string | number | boolean>>): Omit<ModelLoad, 'name'> {
  const { config } = parameters;
  if (config !== undefined && typeof config !== 'string')
    throw invalid('parameters.config', 'The configuration is not a text.');
  const files = Object.entries(parameters)
    .filter(([name]) => name.startsWith(FILE_PREFIX))
    .map(([name, content]) => [pathOf(name.slice(FILE_PREFIX.length)), bytesOf(content)] as const);
  return { configJson: config, files: files.length === 0 ? undefined : Object.fromEntries(files) };
}

function pathOf(path: string): string {
  if (FILE_PATH.test(path) && !path.split('/').some((part) => part === '.' || part === '..')) return path;
  throw invalid('parameters.file', 'A file of a model has the name "file:<version>/<name>".');
}

function bytesOf(content: string | number | boolean): Buffer {
  if (typeof content === 'string') {
    const bytes = Buffer.from(content, 'base64');
    const digits = content.replace(/={0,2}$/, '').length;
    // Decoding skips what is no digit, so that fewer bytes come out than the digits make; one digit alone makes none.
    if (digits % 4 !== 1 && bytes.length === Math.floor((digits * 3) / 4)) return bytes;
  }
  throw invalid('parameters.file', 'A file of a model is not base64.');
}

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });
