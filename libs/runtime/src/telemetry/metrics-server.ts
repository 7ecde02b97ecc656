import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Closable } from '../closable';
import type { Instruments } from './instruments';

/** Serves this process's metrics as JSON on loopback, for the gateway to merge into its `/metrics`. */
export async function serveMetrics(instruments: Instruments, port = 0): Promise<Closable & { readonly url: string }> {
  const server = createServer((_request, response) => {
    instruments.collect().then(
      (metrics) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metrics)),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
