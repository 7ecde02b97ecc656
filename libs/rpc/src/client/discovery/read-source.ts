import { readFile, stat } from 'node:fs/promises';
import { ServingError } from '@medserve/errors';
import { hostPort } from '../../server/grpc-server';
import { isAddress, type AddressSource } from './address-source';
import type { ResolveHost } from './resolve-host';

const MOST_FILE_BYTES = 2 ** 20;
const MOST_ADDRESSES = 10_000;

async function readAddressFile(path: string): Promise<readonly string[]> {
  if ((await stat(path)).size > MOST_FILE_BYTES)
    throw new ServingError('invalid_request', 'A file of addresses is too long.');
  const written: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!Array.isArray(written) || !written.every(isAddress))
    throw new ServingError('invalid_request', 'A file of addresses has to be a JSON array of host:port.');
  return written;
}

/** The addresses that a source has now, each once and in order; 10,000 at most. Rejects when that cannot be known. */
export async function readSource(source: AddressSource, resolveHost: ResolveHost): Promise<readonly string[]> {
  switch (source.kind) {
    case 'fixed':
      return [source.address];
    case 'dns': {
      const hosts = await resolveHost(source.host);
      return distinct(hosts.map((host) => hostPort(host, source.port)));
    }
    case 'file':
      return distinct(await readAddressFile(source.path));
  }
}

const distinct = (addresses: readonly string[]): readonly string[] =>
  [...new Set(addresses)].sort().slice(0, MOST_ADDRESSES);
