// An OpenID provider that nobody here wrote, in a process of its own: `node oidc-provider.mjs`. It says where it listens, and
// does what it is told over the channel of its parent: `rotate` signs with a new key and still publishes the one before,
// `down` and `up` stop answering and answer again, `ahead <seconds>` sets its clock.
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const AUDIENCE = 'https://medserve.example';
const realNow = Date.now;
let isDown = false;
let asked = 0;
let keys = [];
let answer = (_request, response) => response.writeHead(503).end();

const server = createServer((request, response) => {
  if (request.url.startsWith('/jwks')) asked += 1;
  if (isDown) request.socket.destroy();
  else answer(request, response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

async function rotate() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  keys = [
    { ...(await exportJWK(privateKey)), kid: `k${realNow()}-${keys.length}`, use: 'sig', alg: 'RS256' },
    ...keys,
  ].slice(0, 2);
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
    ],
    scopes: ['infer', 'model:read', 'key:manage'],
    ttl: { ClientCredentials: 300 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
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
  answer = provider.callback();
}

await rotate();
process.on('message', async ([what, value]) => {
  if (what === 'rotate') await rotate();
  if (what === 'down') isDown = true;
  if (what === 'up') isDown = false;
  if (what === 'ahead') Date.now = () => realNow() + value * 1000;
  process.send({ issuer, asked });
});
process.on('disconnect', () => process.exit(0));
process.send({ issuer, asked });
