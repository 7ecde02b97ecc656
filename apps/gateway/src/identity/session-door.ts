import { ServingError } from '@medserve/errors';
import type { FastifyRequest } from 'fastify';
import { cookieOf, cookieName } from './cookies';

/** A page of another origin cannot send it without asking first (Fetch Standard, 3.2), and is refused then. */
export const CSRF_HEADER = 'x-medserve-csrf';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Cookies come by themselves with what any page of the browser sends, so they count only where our own page sent it. */
export class SessionDoor {
  /** @param url where callers reach the platform */
  constructor(private readonly url: () => string) {}

  /**
   * The secret of the session that a request carries; undefined where it carries none.
   *
   * @throws ServingError `forbidden` where it was not our own page that sent it
   */
  secretOf(request: FastifyRequest): string | undefined {
    const { cookie } = request.headers;
    if (cookie === undefined) return undefined;
    const secret = cookieOf(cookie, cookieName('session', this.url()));
    if (secret !== undefined) this.requireOwnPage(request);
    return secret;
  }

  /** @throws ServingError `forbidden` */
  requireOwnPage(request: FastifyRequest): void {
    if (!SAFE.has(request.method) && request.headers[CSRF_HEADER] !== '1') {
      throw forbidden(`The header ${CSRF_HEADER} is missing.`, `Send the header "${CSRF_HEADER}: 1" with it.`);
    }
    if (!this.isFromHere(request))
      throw forbidden('It was sent by a page of another origin.', 'Send it from the page of this platform.');
  }

  /** Whether it was one of our pages that sent it, or nobody's, where the browser says which. */
  isFromHere({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
    const site = headers['sec-fetch-site'];
    if (site === undefined) return this.isOwnOrigin(headers.origin, headers.host);
    // What somebody typed, or chose from bookmarks, is "none"; nothing can be changed by it.
    return site === 'same-origin' || (site === 'none' && SAFE.has(method));
  }

  private isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined) return true;
    const sent = URL.parse(origin);
    const own = URL.parse(this.url());
    // What came in the clear, anybody on the way may have written; a proxy may speak TLS for us.
    const isAsSafe = sent?.protocol === 'https:' || own?.protocol !== 'https:';
    return sent !== null && isAsSafe && (sent.host === host || sent.origin === own?.origin);
  }
}

const forbidden = (detail: string, remedy: string): ServingError => new ServingError('forbidden', detail, { remedy });
