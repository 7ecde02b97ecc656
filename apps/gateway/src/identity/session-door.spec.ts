import type { FastifyRequest } from 'fastify';
import { clearCookie, cookieName, cookieOf, setCookie } from './cookies';
import { SessionDoor } from './session-door';

const URL_HERE = 'http://127.0.0.1:8080';
const door = new SessionDoor(() => URL_HERE);
const SECRET = 's'.repeat(43);

const request = (method: string, headers: Record<string, string>): FastifyRequest =>
  ({
    method,
    headers: { host: '127.0.0.1:8080', cookie: `a=b; medserve-session-8080=${SECRET}`, ...headers },
  }) as never;

describe('cookies of the page', () => {
  it('are read by no script, and sent by our own pages only; under TLS no other host can set them', () => {
    expect(setCookie('session', URL_HERE, 'x')).toBe('medserve-session-8080=x; Path=/; HttpOnly; SameSite=Strict');
    expect(setCookie('session', 'https://medserve.example', 'x')).toBe(
      '__Host-medserve-session=x; Path=/; HttpOnly; SameSite=Strict; Secure',
    );
    expect(setCookie('flow', 'https://medserve.example', 'x', { seconds: 600 })).toBe(
      '__Host-medserve-flow=x; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600',
    );
    expect(clearCookie('session', URL_HERE)).toContain('Max-Age=0');
  });

  it('are told apart by the port of the platform', () => {
    expect(cookieName('session', 'http://localhost:8081')).not.toBe(cookieName('session', URL_HERE));
    expect(cookieName('session', 'http://medserve.example')).toBe('medserve-session-80');
  });

  it('are found by their whole name', () => {
    expect(cookieOf('xa=1; a=2; a=3', 'a')).toBe('2');
    expect(cookieOf('a; ab=1', 'a')).toBeUndefined();
  });
});

describe('the door of sessions', () => {
  it('knows the secret that a page of ours reads with', () => {
    expect(door.secretOf(request('GET', {}))).toBe(SECRET);
    expect(door.secretOf(request('GET', { 'sec-fetch-site': 'same-origin' }))).toBe(SECRET);
    expect(door.secretOf(request('GET', { 'sec-fetch-site': 'none' }))).toBe(SECRET);
    expect(door.secretOf(request('GET', { cookie: 'medserve-session-8081=x' }))).toBeUndefined();
  });

  it.each<[string, string, Record<string, string>]>([
    ['a change without the header', 'POST', {}],
    ['a change with another value in it', 'DELETE', { 'x-medserve-csrf': 'yes' }],
    ['a change from a page beside ours', 'POST', { 'x-medserve-csrf': '1', 'sec-fetch-site': 'same-site' }],
    ['a change from another site', 'PUT', { 'x-medserve-csrf': '1', 'sec-fetch-site': 'cross-site' }],
    ['a change that somebody typed', 'POST', { 'x-medserve-csrf': '1', 'sec-fetch-site': 'none' }],
    ['a change from another origin', 'POST', { 'x-medserve-csrf': '1', origin: 'https://evil.example' }],
    ['a change from the same host, another port', 'POST', { 'x-medserve-csrf': '1', origin: 'http://127.0.0.1:9' }],
    ['a change from nowhere', 'POST', { 'x-medserve-csrf': '1', origin: 'null' }],
    ['a reading by another page', 'GET', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s', (_, method, headers) => {
    expect(() => door.secretOf(request(method, headers))).toThrow(
      expect.objectContaining({ reason: 'forbidden' }) as Error,
    );
  });

  it('takes no change under TLS from a page of its own host that came in the clear', () => {
    const secure = new SessionDoor(() => 'https://medserve.example');
    const from = (origin: string) => () => {
      secure.requireOwnPage(request('POST', { host: 'medserve.example', 'x-medserve-csrf': '1', origin }));
    };
    expect(from('https://medserve.example')).not.toThrow();
    expect(from('http://medserve.example')).toThrow(expect.objectContaining({ reason: 'forbidden' }) as Error);
  });

  it.each<[string, Record<string, string>]>([
    ['a page of ours', { 'sec-fetch-site': 'same-origin' }],
    ['a browser that says only its origin', { origin: URL_HERE }],
    ['a program', {}],
  ])('takes a change from %s that has the header', (_, headers) => {
    expect(door.secretOf(request('POST', { 'x-medserve-csrf': '1', ...headers }))).toBe(SECRET);
  });
});
