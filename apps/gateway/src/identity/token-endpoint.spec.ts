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

function setUp(scopes = CLIENT.scopes) {
  const issued: (readonly Scope[])[] = [];
  const endpoint = new TokenEndpoint({
    assertions: { clientOf: () => Promise.resolve({ ...CLIENT, scopes }) },
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
  });

  it('gives what scopes of SMART ask for, as far as the client has it, and tells them as they were asked', async () => {
    const { give, issued } = setUp();
    const both = 'system/DiagnosticReport.rs system/Observation.read';
    for (const scope of ['system/*.rs', 'system/*.read', 'system/Observation.s', both, 'system/*.r result:read'])
      expect(await give({ scope })).toMatchObject({ scope });
    expect(new Set(issued.map(String))).toEqual(new Set(['result:read']));
    expect(await give({ scope: 'system/*.rs patient/*.rs infer' })).toMatchObject({ scope: 'system/*.rs infer' });
    for (const scope of [
      'system/*.cruds',
      'system/Patient.rs',
      'system/DiagnosticReport.cu',
      'user/*.rs',
      'system/*.rs?x=y',
    ])
      await expect(give({ scope })).rejects.toMatchObject({ field: 'scope' });
    await expect(setUp(['infer']).give({ scope: 'system/*.rs' })).rejects.toMatchObject({ field: 'scope' });
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

  it('tells a grant that is missing from one that it does not know', async () => {
    await expect(setUp().give({}, 'grant_type')).rejects.toMatchObject({ reason: 'invalid_request', field: 'form' });
    await expect(setUp().give({ grant_type: '' })).rejects.toMatchObject({ field: 'form' });
  });

  it.each(['client_assertion_type', 'client_assertion'])('refuses a form without %s', async (field) => {
    await expect(setUp().give({}, field)).rejects.toMatchObject({ reason: 'invalid_request', field });
  });

  it('takes a field without a value as one that is not there (RFC 6749, section 3.2)', async () => {
    const { give, issued, endpoint } = setUp();
    await give({ scope: '', client_id: '' });
    expect(issued).toEqual([['infer', 'result:read']]);
    await expect(give({ client_assertion: '' })).rejects.toMatchObject({ field: 'client_assertion' });
    const form = new URLSearchParams(FORM).toString();
    await expect(endpoint.give(`${form}&scope=&scope=infer`)).rejects.toMatchObject({ field: 'form' });
  });

  it('refuses a form that says something twice', async () => {
    const { endpoint } = setUp();
    const form = new URLSearchParams(FORM).toString();
    await expect(endpoint.give(`${form}&scope=infer&scope=audit:read`)).rejects.toMatchObject({ field: 'form' });
    await expect(endpoint.give(`${form}&grant_type=client_credentials`)).rejects.toMatchObject({ field: 'form' });
  });
});
