import { createServer } from 'node:net';

/* Below the range from which systems give outgoing connections their ports: a client that keeps calling a stopped broker
   could otherwise be given the very port that it calls, talk to itself, and keep the broker from coming back. */
const FIRST = 15_000;
const COUNT = 15_000;

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** Free loopback ports, all different. */
export async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}
