import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { FhirDestination } from '../fhir/fhir-destination';
import { aParcel } from '../testing/a-parcel';
import { HttpReceiver, type Answer } from '../testing/http-receiver';
import { settingsOf } from '../testing/settings';
import { SmartBackend } from './smart-backend';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const signal = new AbortController().signal;

describe('SMART Backend Services as a client', () => {
  let server: HttpReceiver;
  let nowMs = 1_000_000;

  beforeEach(async () => {
    server = await HttpReceiver.start();
    server.answer = () => ({
      status: 200,
      body: { access_token: `t${String(server.received.length)}`, expires_in: 60 },
    });
  });
  afterEach(() => server.stop());

  const client = (key: string): SmartBackend =>
    new SmartBackend({
      tokenUrl: `${server.url}/token`,
      clientId: 'medserve',
      keyId: 'k1',
      key,
      scope: 'system/*.cu',
      tls: undefined,
      now: () => nowMs,
    });

  it.each([
    ['ES384', ec, 'ieee-p1363'],
    ['RS384', rsa, undefined],
  ] as const)('signs with %s what the server can check', async (alg, pair, dsaEncoding) => {
    expect(await client(pair.privateKey.export(pem).toString()).header(signal)).toBe('Bearer t1');
    const form = new URLSearchParams(server.received[0]?.body.toString());
    expect(form.get('grant_type')).toBe('client_credentials');
    expect(form.get('scope')).toBe('system/*.cu');
    const [head = '', claims = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
    const parsed = [head, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    expect(parsed[0]).toEqual({ alg, typ: 'JWT', kid: 'k1' });
    expect(parsed[1]).toMatchObject({
      iss: 'medserve',
      sub: 'medserve',
      aud: `${server.url}/token`,
      iat: 1_000,
      exp: 1_240,
    });
    const key = {
      key: createPublicKey(pair.privateKey.export(pem).toString()),
      ...(dsaEncoding === undefined ? {} : { dsaEncoding }),
    };
    expect(verify('sha384', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('keeps a token for as long as it lives, and makes every assertion anew', async () => {
    const auth = client(ec.privateKey.export(pem).toString());
    expect([await auth.header(signal), await auth.header(signal)]).toEqual(['Bearer t1', 'Bearer t1']);
    nowMs += 60_000;
    expect(await auth.header(signal)).toBe('Bearer t2');
    auth.forget('Bearer t1');
    expect(await auth.header(signal)).toBe('Bearer t2');
    auth.forget('Bearer t2');
    expect(await auth.header(signal)).toBe('Bearer t3');
    const ids = server.received.map(({ body }) => new URLSearchParams(body.toString()).get('client_assertion'));
    expect(new Set(ids).size).toBe(3);
  });

  it('gives those who wait for a token theirs, though the first of them gave up', async () => {
    const smart = client(ec.privateKey.export(pem).toString());
    const first = new AbortController();
    const given = smart.header(first.signal);
    const others = [smart.header(signal), smart.header(signal)];
    first.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect(await Promise.all(others)).toEqual(['Bearer t1', 'Bearer t1']);
    await expect(smart.header(first.signal)).resolves.toBe('Bearer t1');
    expect(server.received).toHaveLength(1);
  });

  it('refuses a key that SMART does not know', () => {
    const wrong = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem).toString();
    expect(() => client(wrong)).toThrow('RSA, or elliptic on P-384');
  });

  it.each([
    [401, { kind: 'refused', reason: 'not_authorised', status: '401' }],
    [400, { kind: 'refused', reason: 'not_authorised', status: '401' }],
    [503, { kind: 'retry', reason: 'busy', status: '503' }],
  ])('has what is to be sent refused, or sent later, when the token endpoint answers %d', async (status, sent) => {
    server.answer = () => ({ status });
    const destination = new FhirDestination({
      settings: settingsOf('fhir', { url: server.url }),
      tls: undefined,
      authorization: client(ec.privateKey.export(pem).toString()),
      compose: () => ({ resourceType: 'Bundle', type: 'transaction' }),
    });
    expect(await destination.send(aParcel(), signal)).toEqual(sent);
  });
});

describe('a token that was revoked', () => {
  it('is fetched anew within the attempt, once for all that need one, and what is refused with a fresh one is refused', async () => {
    const server = await HttpReceiver.start();
    const valid = new Set<string>();
    let tokens = 0;
    let isOpen = true;
    server.answer = ({ path, headers }) => {
      if (path !== '/token') return { status: isOpen && valid.has(String(headers.authorization)) ? 200 : 401 };
      tokens += 1;
      const token = `t${String(tokens)}`;
      // Only the last one counts.
      valid.clear();
      valid.add(`Bearer ${token}`);
      return { status: 200, body: { access_token: token, expires_in: 300 } };
    };
    const destination = new FhirDestination({
      settings: settingsOf('fhir', { url: server.url }),
      tls: undefined,
      authorization: new SmartBackend({
        tokenUrl: `${server.url}/token`,
        clientId: 'medserve',
        keyId: 'k1',
        key: ec.privateKey.export(pem).toString(),
        scope: 'system/*.cu',
        tls: undefined,
        now: Date.now,
      }),
      compose: () => ({ resourceType: 'Bundle', type: 'transaction' }),
    });
    const send = () => destination.send(aParcel(), signal);
    expect(await send()).toEqual({ kind: 'delivered' });
    valid.clear();
    expect(await Promise.all([send(), send()])).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    isOpen = false;
    expect(await send()).toEqual({ kind: 'refused', reason: 'not_authorised', status: '401' });
    await server.stop();
  });
});

describe('a FHIR server as destination', () => {
  let server: HttpReceiver;

  beforeEach(async () => {
    server = await HttpReceiver.start();
  });
  afterEach(() => server.stop());

  const send = (status: number, more: Omit<Answer, 'status'> = {}) => {
    server.answer = () => ({ status, ...more });
    return new FhirDestination({
      settings: settingsOf('fhir', { url: `${server.url}/fhir` }),
      tls: undefined,
      authorization: { header: () => Promise.resolve('Bearer t'), forget: () => false },
      compose: () => ({ resourceType: 'Bundle', type: 'transaction' }),
    }).send(aParcel(), signal);
  };

  it('gets the transaction at its base', async () => {
    expect(await send(200)).toEqual({ kind: 'delivered' });
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      path: '/fhir',
      headers: { 'content-type': 'application/fhir+json', authorization: 'Bearer t' },
    });
    expect(JSON.parse(String(server.received[0]?.body))).toEqual({ resourceType: 'Bundle', type: 'transaction' });
  });

  it('has not got what it answers a page to, or only part of', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>Please log in</html>' };
    expect(await send(200, page)).toEqual({ kind: 'refused', reason: 'bad_answer', status: '200' });
    const body = { resourceType: 'Bundle', type: 'transaction-response', entry: [{ response: { status: '422' } }] };
    expect(await send(200, { body })).toEqual({ kind: 'refused', reason: 'content_refused', status: '422' });
    expect(await send(201)).toEqual({ kind: 'delivered' });
  });

  it.each([
    [409, 'retry'],
    [412, 'retry'],
    [422, 'refused'],
    [500, 'retry'],
  ])('that answers %d: %s', async (status, kind) => {
    expect(await send(status)).toMatchObject({ kind, status: String(status) });
  });
});
