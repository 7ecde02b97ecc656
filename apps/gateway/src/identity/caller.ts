import { TLSSocket } from 'node:tls';
import type { Authenticator, Principal } from '@medserve/security';
import type { FastifyRequest } from 'fastify';
import type { SessionDoor } from './session-door';

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

/**
 * Who sends a request over HTTP: where it carries no credential in a header, by the session of the browser.
 *
 * @param door absent: nobody is known by a session
 * @throws ServingError `forbidden` where a page that is not ours sent it along with a session
 * @see prove
 */
export async function callerOf(
  request: FastifyRequest,
  authenticator: Authenticator,
  door?: Pick<SessionDoor, 'secretOf'>,
): Promise<Principal> {
  const { authorization } = request.headers;
  const secret = authorization === undefined ? door?.secretOf(request) : undefined;
  if (secret !== undefined) return authenticator.authenticateSession(secret);
  return prove(authenticator, authorization, () => certificateOf(request.raw.socket));
}

/** The certificate of a peer that a trusted authority vouches for. */
function certificateOf(socket: unknown): Buffer | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate()?.raw;
}
