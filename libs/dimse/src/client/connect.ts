import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContextOptions } from 'node:tls';
import { AssociationError } from './association-error';

export interface ClientTls extends SecureContextOptions {
  /** The name that its certificate has to be of; the host unless given. */
  readonly servername?: string | undefined;
}

export interface Destination {
  readonly host: string;
  readonly port: number;
  /** TLS 1.2 or newer; the peer's certificate has to be of `ca`, or of a public authority without it. */
  readonly tls?: ClientTls;
}

/** A connection that is ready to speak. @throws AssociationError `refused-connection`, `tls`, `timeout` or `aborted` */
export function connect({ host, port, tls }: Destination, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new AssociationError('aborted', 'not wanted any more'));
      return;
    }
    const socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ ...secured(host, tls), host, port });
    let isConnected = false;
    const timer = setTimeout(() => {
      fail(new AssociationError('timeout', 'no connection in time'));
    }, timeoutMs);
    const cancelled = (): void => {
      fail(new AssociationError('aborted', 'not wanted any more'));
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancelled);
      socket.off('error', failed);
    };
    const fail = (error: AssociationError): void => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const failed = (error: Error): void => {
      if (isConnected) fail(new AssociationError('tls', 'no agreement on TLS', error));
      else fail(new AssociationError('refused-connection', 'nobody listens there', error));
    };
    signal?.addEventListener('abort', cancelled);
    socket.once('error', failed);
    socket.once('connect', () => {
      isConnected = true;
    });
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      settle();
      resolve(socket);
    });
  });
}

function secured(host: string, { servername, ...tls }: ClientTls) {
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  return { ...tls, minVersion: 'TLSv1.2' as const, ...(name !== undefined && { servername: name }) };
}
