import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { ServingError } from '@medserve/errors';
import type { Authenticator } from '@medserve/security';
import type { GatewayParts } from '../door/gateway.module';
import type { HttpServer } from '../door/http-server';
import { ImageWorld } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import { CONSOLE_PAGES } from './pages';
import { readConsole } from './read-console';
import { openHttpDoor } from '../testing/open-http-door';

const PAGE = '<!doctype html><title>MedServe</title>';
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(500))});`;
const folder = mkdtempSync(join(tmpdir(), 'medserve-console-'));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const authenticator: Pick<Authenticator, 'authenticate'> = {
  authenticate: () => Promise.reject(new ServingError('unauthenticated', 'The request carries no valid key.')),
};

function start(console?: Awaited<ReturnType<typeof readConsole>>): Promise<HttpServer> {
  const { instruments, preparation, road, jobs, results, catalogue } = new ImageWorld();
  const { oversight } = quietOversight(results);
  const parts: Partial<GatewayParts> = { preparation, road, jobs, catalogue, oversight };
  return openHttpDoor({ parts, console, authenticator, instruments });
}

beforeAll(() => {
  mkdirSync(join(folder, 'assets'));
  mkdirSync(join(folder, '.vite'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(folder, '.vite', 'manifest.json'), '{}');
  writeFileSync(join(folder, 'assets', 'index-1a.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'index-1a.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'index-1a.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'index-2b.css'), 'a{}');
  symlinkSync(join(folder, 'index.html'), join(folder, 'assets', 'linked.html'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the console, served', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await start(await readConsole(folder));
  });
  afterAll(() => server.close());

  /** The path goes out as it is: `fetch` would tidy it. */
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const { statusCode: status = 0 } = response;
          resolve({ status, headers: response.headers, body: Buffer.concat(chunks) });
        });
      })
        .on('error', reject)
        .end();
    });

  it('answers every page with the same file, to everybody, with and without a query', async () => {
    for (const page of CONSOLE_PAGES) {
      const { status, headers, body } = await ask(`${page.replace(/:\w+/, 'x')}?from=2026-01-01`);
      expect([page, status, headers['content-type'], body.toString()]).toEqual([
        page,
        200,
        'text/html; charset=utf-8',
        PAGE,
      ]);
      expect(headers['cache-control']).toBe('no-cache');
    }
  });

  it('answers HEAD as GET, without the file', async () => {
    const { status, headers, body } = await ask('/work', {}, 'HEAD');
    expect([status, headers['content-length'], body.length]).toEqual([200, String(PAGE.length), 0]);
    expect((await ask('/assets/index-1a.js', {}, 'HEAD')).headers['content-length']).toBe(String(SCRIPT.length));
  });

  it.each(['/', '/assets/index-1a.js', '/favicon.svg'])('lets %s load nothing from elsewhere', async (path) => {
    const { headers } = await ask(path);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|http:|\*/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(headers['permissions-policy']).toContain('camera=()');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('has files with a hash in their name kept for ever, compressed as the browser takes it', async () => {
    const { headers, body } = await ask('/assets/index-1a.js', { 'accept-encoding': 'gzip, br' });
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'br',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    expect(brotliDecompressSync(body).toString()).toBe(SCRIPT);
    const plain = await ask('/assets/index-1a.js');
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.body.toString()).toBe(SCRIPT);
    expect(plain.headers.etag).not.toBe(headers.etag);
  });

  it('sends nothing again that a browser has', async () => {
    const { etag = '' } = (await ask('/')).headers;
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { status, headers, body } = await ask('/', { 'if-none-match': known });
      expect([known, status, body.length, headers.etag]).toEqual([known, 304, 0, etag]);
      expect(headers).toHaveProperty('content-security-policy');
    }
    expect((await ask('/', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it.each([
    '/assets/../index.html',
    '/assets/..%2findex.html',
    '/assets/%2e%2e/.vite/manifest.json',
    '/assets/..\\index.html',
    '/assets//etc/passwd',
    '/assets/%00',
    '/assets/index-1a.js%00.css',
    '/assets/index-1a.js.br',
    '/assets/linked.html',
    '/assets/INDEX-1A.js',
    '/assets/',
    '/assets/constructor',
    '/.vite/manifest.json',
    '/index.html',
    '/assets/../../../../etc/passwd',
  ])('has no file at %s', async (path) => {
    const { status, body } = await ask(path);
    expect([400, 401, 404]).toContain(status);
    expect(body.toString()).not.toMatch(/doctype|root:|console\.log/);
  });

  it('takes no other method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) expect((await ask('/', {}, method)).status).toBe(405);
  });

  // As Chromium and Firefox ask for a page.
  const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8' };

  it('shows who follows a wrong address the page, which says what to do, and says that there is none', async () => {
    for (const path of ['/elsewhere', '/work/', '/answers/a/b', '/elsewhere?next=//elsewhere.example']) {
      const { status, headers, body } = await ask(path, { ...BROWSER, 'if-none-match': '*' });
      expect([path, status, headers['content-type'], body.toString()]).toEqual([
        path,
        404,
        'text/html; charset=utf-8',
        PAGE,
      ]);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', vary: 'accept, accept-encoding' });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/);
      expect(headers).not.toHaveProperty('location');
      expect(headers).not.toHaveProperty('etag');
    }
    expect((await ask('/elsewhere', BROWSER, 'HEAD')).status).toBe(404);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['who asks for no page', '/elsewhere', {}, 'GET'],
    ['who takes anything', '/elsewhere', { accept: '*/*' }, 'GET'],
    ['who would rather have JSON', '/elsewhere', { accept: 'application/json, text/html;q=0.9' }, 'GET'],
    ['who wants no page', '/elsewhere', { accept: 'text/html;q=0' }, 'GET'],
    ['who gives a key', '/elsewhere', { ...BROWSER, authorization: 'Bearer x' }, 'GET'],
    ['other methods', '/elsewhere', BROWSER, 'POST'],
    ['a path below the API', '/v1/elsewhere', BROWSER, 'GET'],
    ['a path below the API in capitals', '/V1/elsewhere', BROWSER, 'GET'],
    ['a path below another protocol', '/dicom-web/elsewhere', BROWSER, 'GET'],
    ['a path of the API', '/v1/jobs', BROWSER, 'GET'],
    ['a file that is not there', '/assets/elsewhere.js', BROWSER, 'GET'],
    ['what a browser takes for another host', '//elsewhere.example/work', BROWSER, 'GET'],
  ])('leaves %s to the API', async (_, path, headers, method) => {
    const answer = await ask(path, headers, method);
    expect([401, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a console', () => {
  it('that is not there is not served, and its pages are as unknown as any', async () => {
    const server = await start();
    expect((await fetch(server.url)).status).toBe(401);
    expect(server.routes.map(({ path }) => path)).not.toContain('/');
    await server.close();
  });

  it('that is not built, or holds what no page has, is refused at the start', async () => {
    await expect(readConsole(join(folder, 'assets'))).rejects.toThrow(/no built console/);
    writeFileSync(join(folder, 'assets', 'run.exe'), '');
    await expect(readConsole(folder)).rejects.toThrow(/unknown type: assets\/run\.exe/);
    rmSync(join(folder, 'assets', 'run.exe'));
  });
});
