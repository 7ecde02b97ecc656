import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SigstoreInstance } from '@medserve/testkit';
import { preAuthenticationEncoding } from './bundle';
import { sealFolder } from './seal-folder';
import { SIGNATURE } from './signed-files';
import { writeStatement } from './statement';
import { identityOf, SignedModel } from './testing/signed-model';
import { parseTrustedRoot } from './trusted-root';

const ADA = { email: 'ada@hospital.test', issuer: 'https://login.hospital.test' };

describe('a Sigstore bundle', () => {
  let sigstore: SigstoreInstance;
  let model: SignedModel;

  beforeAll(async () => {
    sigstore = await SigstoreInstance.create();
    model = await SignedModel.create();
  });
  afterAll(() => model.remove());

  const statement = async () => writeStatement('1', (await sealFolder(model.folder)).files);
  const write = (text: string) => writeFile(join(model.folder, SIGNATURE), text);

  async function signed(who = ADA, by = sigstore): Promise<string> {
    const payload = await statement();
    return by.bundle(payload, preAuthenticationEncoding(payload), who);
  }

  const judged = (trustedRoot = sigstore.trustedRoot()) => {
    const proof = {
      kind: 'sigstore',
      identity: ADA.email,
      issuer: ADA.issuer,
      trustedRoot: parseTrustedRoot(trustedRoot),
    } as const;
    const ada = { ...identityOf('ada', model.uploader, ['uploader']), proof };
    return model.judge({ ...model.policy, identities: [ada] });
  };

  const refused = expect.objectContaining({
    reason: 'model_untrusted',
    message: 'model.sig is by nobody whom the trust policy names, or it was altered.',
  }) as unknown;

  it('stands for the identity that its certificate names, and nothing is fetched for that', async () => {
    await write(await signed());
    await expect(judged()).resolves.toMatchObject({ uploader: { identity: { name: 'ada' } } });
  });

  it.each([
    ['another address', { ...ADA, email: 'eve@hospital.test' }],
    ['an address that only contains it', { ...ADA, email: 'ada@hospital.test.evil.test' }],
    ['an address that the pattern of it would fit', { ...ADA, email: 'ada@hospitalxtest' }],
    ['another issuer', { ...ADA, issuer: 'https://login.evil.test' }],
  ])('of %s is refused', async (_, who) => {
    await write(await signed(who));
    await expect(judged()).rejects.toEqual(refused);
  });

  it('of another instance is refused', async () => {
    const other = await SigstoreInstance.create();
    await write(await signed(ADA, other));
    await expect(judged()).rejects.toEqual(refused);
    await expect(judged(other.trustedRoot())).resolves.toBeDefined();
  });

  interface Open {
    verificationMaterial: {
      certificate: { rawBytes: string };
      tlogEntries: { inclusionPromise?: object; canonicalizedBody: string; integratedTime: string }[];
    };
    dsseEnvelope: { payload: string };
  }

  it.each<[string, (bundle: Open, other: Open) => unknown]>([
    ['without an entry in the log', ({ verificationMaterial }) => (verificationMaterial.tlogEntries = [])],
    [
      'with the entry of another',
      ({ verificationMaterial }, other) => (verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries),
    ],
    [
      'with the certificate of another',
      ({ verificationMaterial }, other) => (verificationMaterial.certificate = other.verificationMaterial.certificate),
    ],
    ['with another payload', ({ dsseEnvelope }) => (dsseEnvelope.payload = Buffer.from('{}').toString('base64'))],
    [
      'from another time',
      ({ verificationMaterial }) => {
        for (const entry of verificationMaterial.tlogEntries) entry.integratedTime = '1790000000';
      },
    ],
    [
      'whose log gave no promise',
      ({ verificationMaterial }) => {
        for (const entry of verificationMaterial.tlogEntries) delete entry.inclusionPromise;
      },
    ],
  ])('%s is refused', async (_, alter) => {
    const bundle = JSON.parse(await signed()) as Open;
    alter(bundle, JSON.parse(await signed()) as Open);
    await write(JSON.stringify(bundle));
    await expect(judged()).rejects.toEqual(refused);
  });
});
