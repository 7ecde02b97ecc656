import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root, seen from `dist` and `src` alike. */
const PACKAGE_JSON = join(__dirname, '..', '..', '..', '..', 'package.json');

export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  /** Extensions of the protocol that are offered, by Triton's names. */
  readonly extensions: readonly string[];
}

export const SERVER_METADATA: ServerMetadata = {
  name: 'medserve',
  version: (JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')) as { version: string }).version,
  extensions: [
    'classification',
    'model_repository',
    'model_configuration',
    'schedule_policy',
    'binary_tensor_data',
    'parameters',
    'statistics',
  ],
};
