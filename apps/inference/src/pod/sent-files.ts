import { ServingError } from '@medserve/errors';

/** Files of a model by `<version>/<file>`, as a load request brings them. */
export type SentFiles = Readonly<Record<string, Uint8Array>>;

const MAX_FILES = 64;
const MAX_BYTES = 1 << 30;
const MAX_SHOWN = 80;

/** Letters first and no way up: the same file on every file system, and never a hidden one. */
const MODEL_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const FILE_PATH = /^[1-9][0-9]{0,8}\/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const RULE = 'has to be "<version>/<file>": an integer, a slash, and a name of letters, digits, ".", "_" and "-"';

const refused = (field: string, detail: string, limit?: string): ServingError =>
  new ServingError('invalid_request', detail, { field, limit });

/**
 * Whether these files may be written at all, judged by their names and sizes only.
 *
 * @throws ServingError `invalid_request` naming the parameter at fault and its rule.
 */
export function checkSentFiles(name: string, files: SentFiles, configJson: string): void {
  if (!MODEL_NAME.test(name)) {
    throw refused('model', 'The name of a model that is sent along has letters, digits, ".", "_" and "-" only.');
  }
  if (configJson === '') {
    throw refused('config', 'A model that is sent along needs its configuration: the parameter config is missing.');
  }
  const paths = Object.keys(files);
  if (paths.length > MAX_FILES) {
    throw refused('file', 'Too many files were sent along.', `files: ${String(MAX_FILES)}`);
  }
  for (const path of paths) {
    const parameter = `file:${path.slice(0, MAX_SHOWN)}`;
    if (!FILE_PATH.test(path)) throw refused(parameter, `The parameter ${parameter} ${RULE}.`);
  }
  if (Object.values(files).reduce((sum, { byteLength }) => sum + byteLength, 0) > MAX_BYTES) {
    throw refused('file', 'The files that were sent along are too large.', `bytes: ${String(MAX_BYTES)}`);
  }
}
