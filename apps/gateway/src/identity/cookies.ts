/** The one says who is signed in; the other holds a sign-in at an issuer that is under way. */
export type CookieKind = 'session' | 'flow';

const isSecure = (url: string): boolean => url.startsWith('https:');

/**
 * Under TLS a name that only this very host can set (RFC 6265bis, 4.1.3.2). In the clear, as on one machine, platforms on other ports
 * share the cookies of the host: the port keeps theirs from ours.
 *
 * @param url where callers reach the platform
 */
export function cookieName(kind: CookieKind, url: string): string {
  return isSecure(url) ? `__Host-medserve-${kind}` : `medserve-${kind}-${URL.parse(url)?.port || '80'}`;
}

/** @param header `Cookie` @returns the value of the first cookie of this name */
export function cookieOf(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

export interface Kept {
  /** Absent: until the browser is closed. 0: it is removed. */
  readonly seconds?: number;
}

/**
 * The header `Set-Cookie`. No script reads one. That of the session is sent by our own pages only; that of a flow also by the page that
 * an issuer leads back from.
 */
export function setCookie(kind: CookieKind, url: string, value: string, { seconds }: Kept = {}): string {
  return [
    `${cookieName(kind, url)}=${value}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${kind === 'session' ? 'Strict' : 'Lax'}`,
    ...(isSecure(url) ? ['Secure'] : []),
    ...(seconds === undefined ? [] : [`Max-Age=${String(seconds)}`]),
  ].join('; ');
}

export const clearCookie = (kind: CookieKind, url: string): string => setCookie(kind, url, '', { seconds: 0 });
