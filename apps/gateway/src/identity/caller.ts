import { TLSSocket } from 'node:tls';
import type { Authenticator, Principal } from '@medserve/security';
import type { FastifyRequest } from 'fastify';

/**
 * Who asks: by the credential that is carried, or where there is none, by the certificate that the connection was opened with.
 *
 * @param certificate as DER, of a peer that a trusted authority vouches for
 * @throws ServingError `unauthenticated`, `unavailable`
 */
export function prove(
  authenticator: Authenticator,
  authorization: string | undefined,
  certificate: () => Buffer | undefined,
): Promise<Principal> {
  const der = authorization === undefined ? certificate() : undefined;
  return der === undefined ? authenticator.authenticate(authorization) : authenticator.authenticateCertificate(der);
}

/** Who sends a request over HTTP. @see prove */
export const callerOf = ({ headers, raw }: FastifyRequest, authenticator: Authenticator): Promise<Principal> =>
  prove(authenticator, headers.authorization, () => certificateOf(raw.socket));

/** The certificate of a peer that a trusted authority vouches for. */
function certificateOf(socket: unknown): Buffer | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate()?.raw;
}
