import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { seededRandom } from '@medserve/runtime/failpoints';
import type { Direction, Faults } from './faults';
import { Gate } from './gate';
import { carry } from './lane';

export interface FaultProxyOptions {
  /** For jitter and flipped bits: the same seed does the same to the same pieces. Default 1. */
  readonly seed?: number;
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
}

const HOST = '127.0.0.1';
/** Each direction ends by itself: who has asked everything may still be answered. */
const HALVES = { allowHalfOpen: true };

/**
 * A wire on loopback that fails as a test tells it: between a caller and a target, on a port of its own. What it does to a
 * direction can change at any time and holds for the connections that are open as well.
 */
export class FaultProxy {
  private readonly connections = new Set<Connection>();
  private readonly gate = new Gate();
  private readonly random: () => number;
  private readonly faults: Record<Direction, Faults> = { toTarget: {}, toCaller: {} };
  private accepted = 0;

  private constructor(
    private readonly target: { readonly host: string; readonly port: number },
    private server: Server,
    readonly port: number,
    seed: number,
  ) {
    this.random = seededRandom(seed);
  }

  /** @param target host:port */
  static async start(target: string, { seed = 1 }: FaultProxyOptions = {}): Promise<FaultProxy> {
    const colon = target.lastIndexOf(':');
    const server = createServer(HALVES);
    await listening(server, 0);
    const { port } = server.address() as AddressInfo;
    const to = { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
    const proxy = new FaultProxy(to, server, port, seed);
    proxy.serve(server);
    return proxy;
  }

  /** host:port */
  get address(): string {
    return `${HOST}:${String(this.port)}`;
  }

  get openConnections(): number {
    return this.connections.size;
  }

  /** Connections that were let in so far. */
  get acceptedConnections(): number {
    return this.accepted;
  }

  /** From now on a direction has these faults and no others. */
  set(direction: Direction, faults: Faults): void {
    this.faults[direction] = faults;
  }

  /** Both directions carry everything as it is again; what was swallowed stays lost. */
  heal(): void {
    this.set('toTarget', {});
    this.set('toCaller', {});
    this.resume();
  }

  /** Carries nothing any more and says nothing either: what a pulled cable or a frozen machine looks like from here. */
  silence(): void {
    this.set('toTarget', { swallows: true });
    this.set('toCaller', { swallows: true });
  }

  /** Carries nothing until `resume`, and loses nothing. */
  pause(): void {
    this.gate.shut();
  }

  resume(): void {
    this.gate.open();
  }

  /** Resets (RST) every open connection; new ones are let through. */
  reset(): void {
    for (const connection of this.connections) this.end(connection, 'reset');
  }

  /** New connections are refused, as by a machine on which nothing listens. Open ones live on. */
  refuse(): void {
    // What waits for the connections is the end of closing; that nothing listens any more holds at once.
    if (this.server.listening) this.server.close();
  }

  /** Listens again, on the same port. */
  async accept(): Promise<void> {
    if (this.server.listening) return;
    this.server = createServer(HALVES);
    await listening(this.server, this.port);
    this.serve(this.server);
  }

  /** Ends every connection and stops listening; resolves when nothing of it is left. */
  async close(): Promise<void> {
    const { server } = this;
    const closed = server.listening ? once(server.close(), 'close') : undefined;
    this.resume();
    const ended = [...this.connections]
      .flatMap(({ near, far }) => [near, far])
      .map((socket) => (socket.closed ? undefined : once(socket.destroy(), 'close')));
    await Promise.all([closed, ...ended]);
  }

  private serve(server: Server): void {
    server.on('connection', (near: Socket) => {
      this.accepted += 1;
      const far = connect({ ...this.target, ...HALVES });
      const connection = { near, far };
      this.connections.add(connection);
      for (const socket of [near, far]) {
        socket.setNoDelay(true);
        // An error on one side is a reset for the other.
        socket.on('error', () => {
          this.end(connection, 'reset');
        });
        socket.on('close', () => {
          if (near.destroyed && far.destroyed) this.connections.delete(connection);
        });
      }
      void this.lane(connection, near, far, 'toTarget');
      void this.lane(connection, far, near, 'toCaller');
    });
  }

  private async lane(connection: Connection, from: Socket, to: Socket, direction: Direction): Promise<void> {
    const gone = new AbortController();
    to.once('close', () => {
      gone.abort();
    });
    try {
      const how = await carry(from, to, {
        faults: () => this.faults[direction],
        random: this.random,
        untilResumed: () => this.gate.untilOpen(),
        signal: gone.signal,
      });
      if (how === 'end') to.end();
      else this.end(connection, how);
    } catch {
      // One side broke, or there is nobody any more to carry to.
      this.end(connection, 'truncate');
    }
  }

  private end({ near, far }: Connection, how: 'reset' | 'truncate'): void {
    // Who is to see that its peer vanished without a word is told nothing of what became of it.
    if (this.faults.toTarget.swallows === true || this.faults.toCaller.swallows === true) return;
    for (const socket of [near, far]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroySoon();
    }
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, HOST, () => {
      resolve();
    });
  });
}
