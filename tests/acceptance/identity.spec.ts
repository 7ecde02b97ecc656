import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { OidcProvider } from '../support/oidc-provider';
import { Platform, runMedserve } from '../support/platform';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** What is revoked stops working within this time. */
const NOTICED_MS = 5_000;

describe('who may ask', () => {
  let platform: Platform;
  let provider: OidcProvider;

  beforeAll(async () => {
    [platform, provider] = await Promise.all([Platform.start({ shape: 'single' }), OidcProvider.start()]);
    await command('tenants', 'add', 'north', '--name', 'Northern General');
    await command('tenants', 'add', 'south', '--name', 'South Clinic');
    await command('sites', 'add', 'main', '--name', 'Main house', '--tenant', 'north');
    const line = (tenant: string, client: string): Promise<string> =>
      command(
        ...['issuers', 'add', '--tenant', tenant, '--issuer', provider.issuer, '--jwks', provider.jwks],
        ...['--audience', OidcProvider.AUDIENCE, '--client', client, '--scope', 'infer', '--scope', 'model:read'],
      );
    await line('north', 'pacs');
    await line('south', 'south-app');
  }, 120_000);
  afterAll(async () => {
    await provider.stop();
    await platform.remove();
  }, 30_000);

  const command = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runMedserve(...words, '--home', platform.ready.home);
    if (status !== 0) throw new Error(`medserve ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const ask = async (token: string, path = '/v1/models', init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(platform.ready.url + path, { ...init, headers });
    const text = await response.text();
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };

  it('is told by the tokens of the hospital, as far as the line of its issuer goes', async () => {
    const token = await provider.token('pacs', 'infer model:read key:manage');
    expect((await ask(token)).status).toBe(200);
    expect((await ask(token, '/v1/keys')).status).toBe(403);
    const stranger = await ask(await provider.token('stranger', 'infer'));
    expect(stranger.status).toBe(401);
    expect(stranger.challenge).toContain('error="invalid_token"');
  }, 30_000);

  it('stays told while the issuer changes its keys: of a stream of requests none is refused', async () => {
    const statuses = new Map<number, number>();
    const stream = async (): Promise<void> => {
      const token = await provider.token('pacs', 'model:read');
      const { status } = await ask(token);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    const { asked: before } = await provider.tell('nothing');
    for (let turn = 0; turn < 4; turn += 1) {
      await Promise.all(Array.from({ length: 25 }, stream));
      const [, ...rest] = await Promise.all([provider.tell('rotate'), ...Array.from({ length: 25 }, stream)]);
      expect(rest).toHaveLength(25);
    }
    await Promise.all(Array.from({ length: 25 }, stream));
    expect(Object.fromEntries(statuses)).toEqual({ 200: 225 });
    const { asked } = await provider.tell('nothing');
    expect(asked - before).toBeLessThanOrEqual(8);
  }, 60_000);

  it('stays told while the issuer is away, and is not when its clock is ten minutes ahead', async () => {
    const token = await provider.token('pacs', 'model:read');
    await provider.tell('ahead', 600);
    const early = await provider.token('pacs', 'model:read');
    await provider.tell('ahead', 0);
    await provider.tell('down');
    expect((await ask(token)).status).toBe(200);
    const refused = await ask(early);
    expect(refused).toMatchObject({ status: 401, json: { detail: 'The token is not valid yet.' } });
    expect(refused.challenge).toContain('error_description="The token is not valid yet."');
    await provider.tell('up');
  }, 30_000);

  describe('as a SMART backend service', () => {
    let key: CryptoKey;
    let id: string;
    let endpoint: string;

    beforeAll(async () => {
      const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
      key = privateKey;
      const file = join(mkdtempSync(join(tmpdir(), 'medserve-client-')), 'jwks.json');
      writeFileSync(file, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'c1', alg: 'ES384' }] }));
      const place = ['--tenant', 'north', '--site', 'main', '--department', 'radiology'];
      const added = await command('clients', 'add', '--label', 'PACS', '--jwks', file, ...place, '--json');
      ({ id } = JSON.parse(added) as { id: string });
      const found = await fetch(`${platform.ready.url}/.well-known/smart-configuration`);
      ({ token_endpoint: endpoint } = (await found.json()) as { token_endpoint: string });
    }, 30_000);

    const assertion = (): Promise<string> =>
      new SignJWT({ iss: id, sub: id, aud: endpoint, jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES384', kid: 'c1', typ: 'JWT' })
        .setExpirationTime('4m')
        .sign(key);
    const exchange = async (signed: string, scope = 'infer model:read') => {
      const body = {
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION,
        client_assertion: signed,
        scope,
      };
      const response = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(body) });
      return { status: response.status, json: (await response.json()) as Record<string, unknown> };
    };

    it('trades an assertion for a token, once', async () => {
      const signed = await assertion();
      const { status, json } = await exchange(signed);
      expect(status).toBe(200);
      expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'infer model:read' });
      expect((await ask(String(json['access_token']))).status).toBe(200);
      const again = await exchange(signed);
      expect(again).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
      const twice = await assertion();
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => exchange(twice)));
      expect(outcomes.filter((one) => one.status === 200)).toHaveLength(1);
    }, 30_000);

    it('gets no scope that it was not given', async () => {
      const { json } = await exchange(await assertion(), 'key:manage infer');
      expect(json).toMatchObject({ scope: 'infer' });
      expect(await exchange(await assertion(), 'key:manage')).toMatchObject({
        status: 400,
        json: { error: 'invalid_scope' },
      });
    }, 30_000);

    it('loses its token with its registration', async () => {
      const { json } = await exchange(await assertion());
      const token = String(json['access_token']);
      expect((await ask(token)).status).toBe(200);
      await command('clients', 'revoke', id);
      await until(async () => (await ask(token)).status === 401);
      expect((await exchange(await assertion())).status).toBe(401);
    }, 30_000);
  });

  it('is nobody of a suspended tenant, whatever the credential', async () => {
    const created = await command('keys', 'create', '--label', 'x', '--tenant', 'south', '--json');
    const { key } = JSON.parse(created) as { key: string };
    const token = await provider.token('south-app', 'model:read');
    for (const credential of [key, token]) expect((await ask(credential)).status).toBe(200);
    await command('tenants', 'suspend', 'south');
    await until(async () => (await ask(key)).status === 401 && (await ask(token)).status === 401);
    await command('tenants', 'resume', 'south');
    await until(async () => (await ask(key)).status === 200);
  }, 60_000);

  it('can be decided by a tenant for itself, in its own name and never for more than it has', async () => {
    const scopes = ['--scope', 'key:manage', '--scope', 'infer', '--scope', 'model:read'];
    const made = await command('keys', 'create', '--label', 'admin', '--tenant', 'north', ...scopes, '--json');
    const { key } = JSON.parse(made) as { key: string };
    const post = (body: object) => ask(key, '/v1/keys', { method: 'POST', body: JSON.stringify(body) });
    const { status, json } = await post({ label: 'CT 2', role: 'device', site: 'main' });
    expect(status).toBe(201);
    expect(json).toMatchObject({ scopes: ['infer'], site: 'main', state: 'valid' });
    expect((await post({ label: 'x', scopes: ['audit:read'] })).status).toBe(403);
    expect((await post({ label: 'x', role: 'device', site: 'elsewhere' })).status).toBe(400);
    expect((await post({ label: 'x', role: 'device', tenant: 'south' })).status).toBe(400);
    const path = `/v1/keys/${String(json['id'])}`;
    expect((await ask(platform.ready.key, path, { method: 'DELETE' })).status).toBe(404);
    expect((await ask(key, path, { method: 'DELETE' })).status).toBe(204);
    expect((await ask(key, path, { method: 'DELETE' })).status).toBe(404);
    await until(async () => (await ask(String(json['key']))).status === 401);
    const { keys } = (await ask(key, '/v1/keys')).json as { keys: { id: string }[] };
    expect(keys.every((one) => !('hash' in one))).toBe(true);
  }, 60_000);

  it('stands in the ledger of the tenant that it is about', async () => {
    expect(await command('audit', 'verify', '--tenant', 'north')).toContain('The ledger is whole.');
    const wrong = await runMedserve(
      'keys',
      'create',
      '--label',
      'x',
      '--tenant',
      'nowhere',
      '--home',
      platform.ready.home,
    );
    expect(wrong).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there is no tenant "nowhere"') as string,
    });
  }, 60_000);
});

/** Asks again until it is so, for as long as it may take. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const givesUpAt = Date.now() + 2 * NOTICED_MS;
  while (!(await isSo())) {
    if (Date.now() > givesUpAt) throw new Error('it is still not so');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
