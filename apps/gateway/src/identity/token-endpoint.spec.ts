import type { Client, Scope } from '@medserve/security';
import { TokenEndpoint } from './token-endpoint';

const CLIENT: Client = {
  id: 'c1',
  tenant: 'north',
  label: 'archive',
  jwks: null,
  jwksUri: null,
  certificateSha256: null,
  certificateName: null,
  scopes: ['infer', 'result:read'],
  site: null,
  department: null,
  revokedAt: null,
};
const FORM = {
  grant_type: 'client_credentials',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: 'a.b.c',
};

function setUp() {
  const issued: (readonly Scope[])[] = [];
  const endpoint = new TokenEndpoint({
    assertions: { clientOf: () => Promise.resolve(CLIENT) },
    tokens: {
      issue: (_client, scopes) => {
        issued.push(scopes);
        return Promise.resolve({ token: 't', scopes, expiresInS: 300 });
      },
    },
  });
  const give = (change: Record<string, string> = {}, without?: string) => {
    const form = new URLSearchParams({ ...FORM, ...change });
    if (without !== undefined) form.delete(without);
    return endpoint.give(form.toString());
  };
  return { give, issued, endpoint };
}

describe('TokenEndpoint', () => {
  it('gives all scopes of the client, or those of them that it asks for', async () => {
    const { give, issued } = setUp();
    await give();
    await give({ scope: 'result:read  model:manage unheard-of' });
    expect(issued).toEqual([['infer', 'result:read'], ['result:read']]);
    await expect(give({ scope: 'model:manage' })).rejects.toMatchObject({ field: 'scope' });
    await expect(give({ scope: '' })).rejects.toMatchObject({ field: 'scope' });
  });

  it.each<[string, Record<string, string>]>([
    ['grant_type', { grant_type: 'authorization_code' }],
    ['client_assertion_type', { client_assertion_type: 'x' }],
    ['client_id', { client_id: 'c2' }],
  ])('refuses a form with a wrong %s', async (field, change) => {
    const { give, issued } = setUp();
    await expect(give(change)).rejects.toMatchObject({ reason: 'invalid_request', field });
    expect(issued).toEqual([]);
  });

  it.each(['grant_type', 'client_assertion_type', 'client_assertion'])('refuses a form without %s', async (field) => {
    await expect(setUp().give({}, field)).rejects.toMatchObject({ reason: 'invalid_request', field });
  });

  it('refuses a form that says something twice', async () => {
    const { endpoint } = setUp();
    const form = new URLSearchParams(FORM).toString();
    await expect(endpoint.give(`${form}&scope=infer&scope=audit:read`)).rejects.toMatchObject({ field: 'form' });
    await expect(endpoint.give(`${form}&grant_type=client_credentials`)).rejects.toMatchObject({ field: 'form' });
  });
});
