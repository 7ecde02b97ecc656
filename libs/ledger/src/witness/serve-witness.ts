import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Witness } from './witness';

/** 63 hashes and a checkpoint with 16 signatures, which are up to 5 kB each (C2SP signed-note, Format), stay far below. */
const MOST_BYTES = 262_144;
const PATIENCE_MS = 10_000;

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Serves a witness over HTTP, at `/add-checkpoint`. TLS is for a proxy in front of it; nothing that is sent here is secret.
 *
 * @param port 0 for any free one
 */
export async function serveWitness(
  witness: Witness,
  port: number,
  host = '127.0.0.1',
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer({ requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS }, (request, response) => {
    const answer = async (): Promise<void> => {
      if (request.method !== 'POST' || !request.url?.endsWith('/add-checkpoint')) {
        response.writeHead(404).end();
        return;
      }
      const body = await bodyOf(request);
      if (body === undefined) {
        response.writeHead(413, { connection: 'close' }).end();
        return;
      }
      const { status, contentType, body: said } = await witness.add(body);
      response.writeHead(status, { 'content-type': contentType }).end(said);
    };
    answer().catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
