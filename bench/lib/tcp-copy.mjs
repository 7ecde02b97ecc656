import { createServer } from 'node:net';
import { once } from 'node:events';
import { startChild } from './child.mjs';

/**
 * The least a hop costs: so many bytes written to a socket of the loopback and read in another process, which answers with a
 * byte when it has them all.
 */
export async function startCopy(bytes) {
  const child = await startChild(new URL('tcp-copy-child.mjs', import.meta.url), [String(bytes)]);
  return {
    /** The median of so many copies, in milliseconds. */
    measure: (count) => child.ask(count),
    close: () => child.close(),
  };
}

/** A server that reads `bytes`, answers a byte, and reads on; gives back its port. */
export async function startReader(bytes) {
  const server = createServer((socket) => {
    let held = 0;
    socket.on('data', (chunk) => {
      held += chunk.length;
      if (held < bytes) return;
      held -= bytes;
      socket.write('.');
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}
