import { TLSSocket } from 'node:tls';
import type { Authenticator, Principal } from '@medserve/security';
import type { FastifyRequest } from 'fastify';

/**
 * Who sends a request: by the credential that it carries, or where it carries none, by the certificate that its connection was
 * opened with.
 *
 * @throws ServingError `unauthenticated`, `unavailable`
 */
export function callerOf({ headers, raw }: FastifyRequest, authenticator: Authenticator): Promise<Principal> {
  const { authorization } = headers;
  const der = authorization === undefined ? certificateOf(raw.socket) : undefined;
  return der === undefined ? authenticator.authenticate(authorization) : authenticator.authenticateCertificate(der);
}

/** The certificate of a peer that a trusted authority vouches for. */
function certificateOf(socket: unknown): Buffer | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate()?.raw;
}
