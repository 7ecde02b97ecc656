import { createServer } from 'node:net';

/* Below the range from which systems give outgoing connections their ports: who is started again has to find its port free. */
const FIRST = 15_000;
const COUNT = 15_000;

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

/** A port that is free at every one of these addresses. */
export async function freePort(...hosts: readonly string[]): Promise<number> {
  const wanted = hosts.length === 0 ? ['127.0.0.1'] : hosts;
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const free = await Promise.all(wanted.map((host) => isFree(port, host)));
    if (free.every(Boolean)) return port;
  }
}
