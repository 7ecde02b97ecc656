import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const FILE = 'file:';

const urls = z.array(z.string().regex(/^http:\/\//)).max(1_000);

/**
 * Where other processes serve their metrics now: URLs, and those that a `file:PATH` holds as a JSON array, for processes that come and
 * go. Rejects where such a file cannot be read.
 */
export async function peersNow(peers: readonly string[]): Promise<readonly string[]> {
  const found = peers.map(async (peer) =>
    peer.startsWith(FILE) ? urls.parse(JSON.parse(await readFile(peer.slice(FILE.length), 'utf8'))) : [peer],
  );
  return (await Promise.all(found)).flat();
}
