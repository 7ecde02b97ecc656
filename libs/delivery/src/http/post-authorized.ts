import type { Authorization } from './authorization';
import { post, type Post, type Reply } from './post';

/**
 * Sends one POST with a credential. A token that was revoked is no word about what is sent: it is fetched anew, and the same sent once
 * more (RFC 6750 3.1: "The client MAY request a new access token and retry").
 *
 * @throws Error of Node where there is no answer; TokenRefusedError where there is no token
 */
export async function postAuthorized(request: Post, authorization: Authorization): Promise<Reply> {
  const credential = await authorization.header(request.signal);
  const reply = await post(withCredential(request, credential));
  if (reply.status !== 401 || credential === undefined || !authorization.forget(credential)) return reply;
  const again = await authorization.header(request.signal);
  return post(withCredential(request, again));
}

const withCredential = (request: Post, credential: string | undefined): Post =>
  credential === undefined ? request : { ...request, headers: { ...request.headers, authorization: credential } };
