import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  Server as TlsServer,
  TLSSocket,
  type PeerCertificate,
  type SecureContextOptions,
} from 'node:tls';
import { PduSocket } from '../pdu/pdu-socket';
import { ABORT_REASON } from '../pdu/protocol-fault';
import type { NodeHandler } from './handler';
import { DIMSE_LIMITS, type DimseLimits } from './limits';
import { SILENT_OBSERVER, type DimseObserver } from './observer';
import { Places } from './places';
import { ServerAssociation, type Node } from './server-association';

/** How long the last word may be under way when the listener closes. */
const LAST_WORD_MS = 500;

export interface ListenOptions {
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  /** The called title to insist on; absent: any. */
  readonly aet?: string;
  /** TLS 1.2 or newer. With `ca`, peers have to show a certificate of it. */
  readonly tls?: SecureContextOptions;
  readonly handler: NodeHandler;
  readonly limits?: Partial<DimseLimits>;
  readonly observer?: DimseObserver;
}

export interface DimseListener {
  /** host:port */
  readonly address: string;
  readonly port: number;
  /** Another certificate for those who come from now on; nothing where there is no TLS. */
  renew(context: SecureContextOptions): void;
  /** Stops accepting, waits a while for operations that run, and aborts the associations. */
  close(): Promise<void>;
}

/** Listens for associations. @throws what the system says when the port cannot be had */
export async function listen(options: ListenOptions): Promise<DimseListener> {
  const limits = { ...DIMSE_LIMITS, ...options.limits };
  const node: Node = {
    handler: options.handler,
    limits,
    observer: options.observer ?? SILENT_OBSERVER,
    places: new Places(limits),
    aet: options.aet,
  };
  const running = new Map<ServerAssociation, Promise<void>>();
  const serve = (socket: Socket): void => {
    const { remoteAddress = '', remotePort = 0 } = socket;
    const certificate = subjectOf(socket);
    const remote = { host: remoteAddress, port: remotePort, ...(certificate !== undefined && { certificate }) };
    const association = new ServerAssociation(new PduSocket(socket, limits.maxPduBytes), node, remote);
    running.set(
      association,
      association.run().finally(() => running.delete(association)),
    );
  };
  const server = createListening(options.tls, limits, serve);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.maxConnections = limits.maxConnections;
  await started(server, options.host, options.port);
  const { address, port, family } = server.address() as AddressInfo;
  return {
    address: family === 'IPv6' ? `[${address}]:${String(port)}` : `${address}:${String(port)}`,
    port,
    renew: (context) => {
      if (server instanceof TlsServer) server.setSecureContext({ ...context, minVersion: 'TLSv1.2' });
    },
    close: () => stop(server, running, sockets, limits.closeMs),
  };
}

function createListening(
  tls: SecureContextOptions | undefined,
  limits: DimseLimits,
  serve: (socket: Socket) => void,
): Server {
  if (tls === undefined) return createServer(serve);
  const asksForCertificate = tls.ca !== undefined;
  const server = createTlsServer(
    {
      ...tls,
      minVersion: 'TLSv1.2',
      requestCert: asksForCertificate,
      rejectUnauthorized: asksForCertificate,
      handshakeTimeout: limits.artimMs,
    },
    serve,
  );
  // Whoever does not get as far as an association is hung up on.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** As in RFC 4514, without its escapes: CN=...,O=... */
function subjectOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Whatever its type says, it is empty without a certificate.
  const { subject = {} } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  const parts = Object.entries(subject).map(([name, value]) => `${name}=${String(value)}`);
  return parts.length === 0 ? undefined : parts.join(',');
}

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function stop(
  server: Server,
  running: ReadonlyMap<ServerAssociation, Promise<void>>,
  sockets: ReadonlySet<Socket>,
  closeMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  for (const association of running.keys()) association.drain();
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const late = setTimeout(() => {
    for (const association of running.keys()) association.abort(ABORT_REASON.notSpecified);
  }, closeMs);
  let given = (): void => undefined;
  // A handler that does not come to an end, or a peer that does not take its last word, is not waited for.
  const enough = new Promise<void>((resolve) => (given = resolve));
  const stubborn = setTimeout(() => {
    destroyAll();
    given();
  }, closeMs + LAST_WORD_MS);
  await Promise.race([Promise.all([...running.values()]), enough]);
  clearTimeout(late);
  clearTimeout(stubborn);
  // Those that have not come to an association.
  const silent = setTimeout(destroyAll, LAST_WORD_MS);
  await closed;
  clearTimeout(silent);
}
