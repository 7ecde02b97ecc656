import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ServingError } from '@medserve/errors';
import { parse } from 'yaml';
import { z } from 'zod';
import { fleetSchema, type PoolDescription } from './fleet-schema';

const MOST_BYTES = 4 * 2 ** 20;

/**
 * Reads the description of a fleet from its text (YAML, or JSON, which is YAML); paths in it are left as they are written.
 *
 * @throws ServingError `invalid_request` that names every mistake
 */
export function parseFleet(text: string): readonly PoolDescription[] {
  let written: unknown;
  try {
    written = parse(text, { maxAliasCount: 0 });
  } catch {
    throw new ServingError('invalid_request', 'The description of the fleet is not YAML.', { field: 'fleet' });
  }
  const read = fleetSchema.safeParse(written);
  if (read.success) return read.data;
  throw new ServingError('invalid_request', `The description of the fleet: ${z.prettifyError(read.error)}`, {
    field: 'fleet',
  });
}

/**
 * Reads a file that describes a fleet; paths of files in it become absolute, read from where it lies.
 *
 * @throws ServingError `invalid_request`; what the file system says when there is no such file
 */
export async function loadFleet(path: string): Promise<readonly PoolDescription[]> {
  const text = await readFile(path, 'utf8');
  if (text.length > MOST_BYTES)
    throw new ServingError('invalid_request', 'The description of the fleet is too long.', {
      field: 'fleet',
      limit: `bytes of the description of a fleet: ${String(MOST_BYTES)}`,
    });
  const beside = (file: string): string => resolve(dirname(path), file);
  return parseFleet(text).map((pool) => ({
    ...pool,
    catalogue: pool.catalogue === undefined ? undefined : beside(pool.catalogue),
    pods: pool.pods.map((source) =>
      source.startsWith('file:') ? `file:${beside(source.slice('file:'.length))}` : source,
    ),
  }));
}
