import { createServer, type AddressInfo } from 'node:net';

/** Free loopback ports, chosen together so that they differ. Kept for the life of `up`: a restarted child comes back there. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve, reject) => {
          server.once('error', reject).listen(0, '127.0.0.1', resolve);
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether this machine's loopback would let a server listen there now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () =>
      probe.close(() => {
        resolve(true);
      }),
    );
  });
}

/** @throws Error naming the first wanted port that is taken, and what to do */
export async function ensureFree(wanted: Readonly<Record<string, number>>): Promise<void> {
  for (const [option, port] of Object.entries(wanted)) {
    if (port !== 0 && !(await isFree(port))) {
      throw new Error(
        `port ${String(port)} is taken by another program; choose another with ${option}, or 0 for any free one`,
      );
    }
  }
}
