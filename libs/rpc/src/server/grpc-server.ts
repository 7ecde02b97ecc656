import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES, serverOptions, WINDOW_BYTES } from '../channel-options';
import '../stream/collect-in-place';
import type { ServerSecurity } from '../tls/service-tls';
import type { CallGate } from './call-gate';
import { ReadableServer } from './readable';

export interface Listen {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface GrpcServerOptions {
  readonly listen: Listen;
  /** Adds the services. `closing` is aborted when the server begins to close: long-lived streams then have to end. */
  readonly register: (server: Server, closing: AbortSignal) => void;
  /** Default: none, for loopback. */
  readonly security?: ServerSecurity | undefined;
  readonly maxMessageBytes?: number;
  /** Of a server that strangers can reach; default: none. */
  readonly gate?: Pick<CallGate<object>, 'interceptor'>;
  /** How long calls may take to end when the server closes, in milliseconds. */
  readonly graceMs?: number;
}

export interface GrpcServer {
  /** host:port */
  readonly address: string;
  readonly port: number;
  /** Takes no new calls, lets running ones end within the grace period, then cuts them off. Once. */
  close(): Promise<void>;
}

/** What grpc-js keeps to itself: it has no option for the server's receive windows. Held by a test to the pinned version. */
interface Internals {
  commonServerOptions: { settings?: Record<string, unknown>; handshakeTimeout?: number };
  http2Servers: Map<Http2Server, unknown>;
}

/** `forceShutdown` of grpc-js 1.14 knows its sessions only while it counts them for channelz, which is switched off here. */
function ownSessions(server: Server, security?: ServerSecurity): { afterBind(): void; destroySessions(): void } {
  const internals = server as unknown as Internals;
  const sessions = new Set<ServerHttp2Session>();
  internals.commonServerOptions.settings = {
    ...internals.commonServerOptions.settings,
    initialWindowSize: WINDOW_BYTES,
  };
  // Of TLS; Node gives two minutes, in which a handshake that lost a bit holds its caller.
  internals.commonServerOptions.handshakeTimeout = HANDSHAKE_MS;
  return {
    afterBind: () => {
      for (const http2Server of internals.http2Servers.keys()) {
        http2Server.on('session', (session: ServerHttp2Session) => {
          // Before a stream of it is seen: who connects by an authority's leave may still be nobody who calls this server.
          if (security?.mayConnect((session.socket as TLSSocket).getPeerCertificate()) === false) {
            session.destroy();
            return;
          }
          session.setLocalWindowSize(2 * WINDOW_BYTES);
          sessions.add(session);
          session.once('close', () => {
            sessions.delete(session);
          });
        });
      }
    },
    destroySessions: () => {
      for (const session of sessions) session.destroy();
    },
  };
}

const HANDSHAKE_MS = 5_000;

/** Calls that a stranger's connection may have open at once; its next ones wait at its own side. */
const STRANGERS = { 'grpc.max_concurrent_streams': 1_000 };

/** An address with its port; of IPv6 in brackets. */
export const hostPort = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;

/** Starts a gRPC server; resolves when it listens, rejects when it cannot. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { listen, register, security, graceMs = 5_000 } = options;
  const credentials = security?.credentials ?? ServerCredentials.createInsecure();
  const channel = serverOptions(options.maxMessageBytes ?? MAX_MESSAGE_BYTES);
  const server = options.gate
    ? new ReadableServer({ ...channel, ...STRANGERS, interceptors: [options.gate.interceptor] })
    : new Server(channel);
  const sessions = ownSessions(server, security);
  const closer = new AbortController();
  register(server, closer.signal);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(hostPort(listen.host, listen.port), credentials, (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  sessions.afterBind();
  let closing: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve) => {
      const cut = setTimeout(() => {
        server.forceShutdown();
        sessions.destroySessions();
        resolve();
      }, graceMs);
      closer.abort();
      server.tryShutdown(() => {
        clearTimeout(cut);
        resolve();
      });
    });
  return { address: hostPort(listen.host, port), port, close: () => (closing ??= close()) };
}
