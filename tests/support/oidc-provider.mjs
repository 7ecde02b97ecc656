// An OpenID provider that nobody here wrote, in a process of its own: `node oidc-provider.mjs`. It says where it listens, and
// does what it is told over the channel of its parent: `rotate` signs with a new key and still publishes the one before,
// `down` and `up` stop answering and answer again, `ahead <seconds>` sets its clock, `page <url>` lets people come from a page and
// back to it, `person <claims>` says who sits before it: whoever comes is signed in as that person at once, or sent back where
// nobody is there (`null`).
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const AUDIENCE = 'https://medserve.example';
const realNow = Date.now;
let isDown = false;
let asked = 0;
let keys = [];
let pages = [];
let person = null;
let answer = (_request, response) => response.writeHead(503).end();

const server = createServer((request, response) => {
  if (request.url.startsWith('/jwks')) asked += 1;
  if (isDown) request.socket.destroy();
  else answer(request, response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
// Under the name, browsers take it for another site than a platform under the address.
const issuer = `http://${process.argv[2] ?? '127.0.0.1'}:${server.address().port}`;

async function rotate() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  keys = [
    { ...(await exportJWK(privateKey)), kid: `k${realNow()}-${keys.length}`, use: 'sig', alg: 'RS256' },
    ...keys,
  ].slice(0, 2);
  build();
}

/** Whoever is there says yes to everything. */
async function interact(provider, request, response) {
  const { prompt, params, grantId, session } = await provider.interactionDetails(request, response);
  if (person === null) {
    return provider.interactionFinished(request, response, { error: 'access_denied' }, {});
  }
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: person.sub } }, {});
  }
  const grant =
    grantId === undefined
      ? new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
      : await provider.Grant.find(grantId);
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims(['name', 'roles']);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

function build() {
  const client = (id, scope) => ({
    client_id: id,
    client_secret: `${id}-secret-of-more-than-32-characters`,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope,
  });
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: [
      client('pacs', 'infer model:read key:manage'),
      client('south-app', 'model:read'),
      client('stranger', 'infer'),
      {
        client_id: 'console',
        client_secret: 'console-secret-of-more-than-32-characters',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: pages.map((page) => `${page}/v1/sign-in/oidc/callback`),
        scope: 'openid profile',
      },
    ].slice(0, pages.length === 0 ? -1 : undefined),
    scopes: ['openid', 'profile', 'infer', 'model:read', 'key:manage'],
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['a key of the tests'] },
    // Each comes as who is there now, and not as who was there before.
    expiresWithSession: () => false,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    ttl: { ClientCredentials: 300 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // People's access tokens are for the provider itself, as most providers have it: the ID token says who they are.
        defaultResource: (_context, { clientId }) => (clientId === 'console' ? undefined : AUDIENCE),
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, audience) => ({
          scope: 'infer model:read key:manage',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  const callback = provider.callback();
  answer = (request, response) => {
    if (!request.url.startsWith('/interaction/')) return callback(request, response);
    return interact(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
  };
}

await rotate();
process.on('message', async ([what, value]) => {
  if (what === 'rotate') await rotate();
  if (what === 'page') pages.push(value);
  if (what === 'page') build();
  if (what === 'person') person = value;
  if (what === 'down') isDown = true;
  if (what === 'up') isDown = false;
  if (what === 'ahead') Date.now = () => realNow() + value * 1000;
  process.send({ issuer, asked });
});
process.on('disconnect', () => process.exit(0));
process.send({ issuer, asked });
