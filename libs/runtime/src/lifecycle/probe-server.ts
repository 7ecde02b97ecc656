import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instruments } from '../telemetry/instruments';
import type { Closable } from '../closable';

export interface Probes {
  readonly instruments: Instruments;
  /** What the process cannot serve without and does not have now; empty: it is ready. */
  readonly missing: () => Promise<readonly string[]>;
}

export interface ProbeServer extends Closable {
  readonly port: number;
}

/** Below a kubelet's own second. */
const READY_WITHIN_MS = 900;

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

async function isReady(response: ServerResponse, { missing }: Probes): Promise<void> {
  const late = new Promise<readonly string[]>((resolve) => {
    setTimeout(resolve, READY_WITHIN_MS, ['an answer in time']).unref();
  });
  const parts = await Promise.race([missing(), late]);
  send(response, parts.length === 0 ? 200 : 503, { status: parts.length === 0 ? 'ok' : 'not ready', missing: parts });
}

/**
 * `/livez`, `/readyz` and `/metrics` (Prometheus text 0.0.4, or OpenMetrics for who asks for it) of one process. Alive is who answers: whether others can be
 * reached says `/readyz` alone, so that an outage of one part restarts no other. Without credentials: it is for the network of a
 * cluster, where a policy says who reaches it.
 */
export async function serveProbes(listen: { host: string; port: number }, probes: Probes): Promise<ProbeServer> {
  const server = createServer((request, response) => {
    const answered = async (): Promise<void> => {
      const path = request.method === 'GET' ? request.url : undefined;
      if (path === '/livez') send(response, 200, { status: 'ok' });
      else if (path === '/readyz') await isReady(response, probes);
      else if (path === '/metrics') {
        const { contentType, text } = await probes.instruments.expose(request.headers.accept);
        response.writeHead(200, { 'content-type': contentType }).end(text);
      } else send(response, 404, { status: 'not found', offered: ['/livez', '/readyz', '/metrics'] });
    };
    answered().catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, 500, { status: 'failed' });
    });
  });
  // Few ask, often: an idle connection is not worth keeping, and nobody may hold one by sending slowly.
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(listen.port, listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
