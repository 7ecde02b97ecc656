import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyUsageFlags, signingChain, type ChainOptions } from '@medserve/testkit';
import { writeBundle, preAuthenticationEncoding } from './bundle';
import { certificatesOf } from './certificate-chain';
import { fingerprintOf, hintOf, privateKeyOf, publicHalf, signBytes } from './ec-key';
import { checkVersion } from './judge-model';
import { sealFolder } from './seal-folder';
import { APPROVAL, SIGNATURE } from './signed-files';
import { approveModel, signatureOf, signModel, type SigningKey } from './sign-model';
import { identityOf, newKey, NOW, SignedModel } from './testing/signed-model';
import { fits, OPEN_POLICY, type TrustedIdentity, type TrustPolicy } from './trust-policy';

let model: SignedModel;
beforeEach(async () => {
  model = await SignedModel.create();
});
afterEach(() => model.remove());

const approve = async (by: SigningKey = model.approver) =>
  approveModel(model.folder, await sealFolder(model.folder), by);

const withUploader = (more: Partial<TrustedIdentity>): TrustPolicy => ({
  ...model.policy,
  identities: [identityOf('uploader', model.uploader, ['uploader'], more)],
});

const refused = (message: string) => ({ reason: 'model_untrusted', message });
const BY_NOBODY = refused('model.sig is by nobody whom the trust policy names, or it was altered.');

describe('an uploader', () => {
  it.each(['P-256', 'P-384', 'P-521'])('signs with a key on %s', async (curve) => {
    const key = newKey(curve);
    await model.sign(key);
    const policy = { ...model.policy, identities: [identityOf('ada', key, ['uploader'])] };
    await expect(model.judge(policy)).resolves.toMatchObject({
      uploader: { identity: { name: 'ada' }, fingerprint: fingerprintOf(key.key) },
      approver: undefined,
      signedDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
  });

  it('has to be named in the policy', async () => {
    await model.sign(newKey());
    await expect(model.judge()).rejects.toMatchObject(BY_NOBODY);
  });

  it('is not who the signature says, but whose key made it', async () => {
    const payload = Buffer.from('{}');
    const forged = signBytes(preAuthenticationEncoding(payload), newKey().key);
    const material = { publicKey: { hint: hintOf(model.uploader.key) } };
    await writeFile(join(model.folder, SIGNATURE), writeBundle(payload, forged, material));
    await expect(model.judge()).rejects.toMatchObject(BY_NOBODY);
  });

  it('needs the role', async () => {
    await model.sign(model.approver);
    await expect(model.judge()).rejects.toMatchObject(refused('approver signed, but is no uploader.'));
  });

  it('may sign the models only that the policy names', async () => {
    await model.sign();
    await expect(model.judge(withUploader({ models: ['ct-*', 'x'] }))).resolves.toBeDefined();
    await expect(model.judge(withUploader({ models: ['mr-*'] }))).rejects.toMatchObject(
      refused('uploader may not sign this model.'),
    );
  });

  it('counts from the first to the last moment that the policy gives', async () => {
    await model.sign();
    const atMs = NOW.getTime();
    await expect(model.judge(withUploader({ validFromMs: atMs, validUntilMs: atMs + 1 }))).resolves.toBeDefined();
    await expect(model.judge(withUploader({ validFromMs: atMs + 1 }))).rejects.toMatchObject(
      refused('The signatures of uploader do not count yet.'),
    );
    await expect(model.judge(withUploader({ validUntilMs: atMs }))).rejects.toMatchObject(
      refused('The signatures of uploader do not count any more.'),
    );
  });

  it('signs nothing any more with a key that is revoked', async () => {
    await model.sign();
    const revokedKeys = new Set([fingerprintOf(model.uploader.key)]);
    await expect(model.judge({ ...model.policy, revokedKeys })).rejects.toMatchObject(
      refused('The key of uploader is revoked.'),
    );
  });

  it('does not sign a second time over a signature that is there', async () => {
    await model.sign();
    await expect(model.sign()).rejects.toMatchObject(refused('There is a model.sig already.'));
  });
});

describe('a model', () => {
  it('that is revoked is refused, whoever signed it', async () => {
    await model.sign();
    const { signedDigest = '' } = await model.judge();
    await expect(model.judge({ ...model.policy, revokedModels: new Set([signedDigest]) })).rejects.toMatchObject(
      refused('This model is revoked.'),
    );
  });

  it('of an older version than the policy’s lowest is refused, though it was signed once', () => {
    const policy = { ...OPEN_POLICY, minimumVersions: new Map([['ct-tissue', 2]]) };
    expect(() => {
      checkVersion('ct-tissue', '2', policy);
      checkVersion('other', '1', policy);
    }).not.toThrow();
    expect(() => {
      checkVersion('ct-tissue', '1', policy);
    }).toThrow('Version 1 is older than version 2, the oldest that is served.');
  });

  it('in Triton’s layout is refused under the name of another', async () => {
    await model.sign();
    await expect(model.judge(model.policy, { name: 'other', subject: 'other' })).rejects.toMatchObject(
      refused('What was signed is a folder of another name.'),
    );
    await expect(model.judge(model.policy, { name: 'other', subject: '1' })).resolves.toBeDefined();
  });

  it('needs no signature where a rule for its name says so', async () => {
    const policy: TrustPolicy = { ...model.policy, rules: [{ models: ['ct-*'], mode: 'open' }] };
    await expect(model.judge(policy)).resolves.toMatchObject({ uploader: undefined, signedDigest: undefined });
    await expect(model.judge(policy, { name: 'other' })).rejects.toMatchObject({ reason: 'model_untrusted' });
  });

  it('may have files that its signer left out, which are not among those that are loaded', async () => {
    const sealed = await sealFolder(model.folder);
    const without = { ...sealed, files: sealed.files.filter(({ path }) => !path.startsWith('recipe/')) };
    const text = signatureOf(without, '1', model.uploader);
    await writeFile(join(model.folder, SIGNATURE), text);
    await expect(model.judge()).rejects.toMatchObject({ message: expect.stringContaining('was not signed') as string });
    const { dsseEnvelope } = JSON.parse(text) as { dsseEnvelope: { payload: string } };
    const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()) as {
      predicate: { serialization: { ignore_paths: string[] } };
    };
    statement.predicate.serialization.ignore_paths.push('recipe');
    await signAgain(statement);
    const { files } = await model.judge();
    expect(files.map(({ path }) => path)).toEqual(without.files.map(({ path }) => path));
  });

  interface Statement {
    _type: string;
    predicateType: string;
    subject: { name: string; digest: { sha256: string } }[];
    predicate: {
      serialization: { method: string; hash_type: string };
      resources: { name: string; algorithm: string; digest: string }[];
    };
  }

  async function signAgain(statement: object): Promise<void> {
    const payload = Buffer.from(JSON.stringify(statement));
    const signature = signBytes(preAuthenticationEncoding(payload), model.uploader.key);
    const material = { publicKey: { hint: hintOf(model.uploader.key) } };
    await writeFile(join(model.folder, SIGNATURE), writeBundle(payload, signature, material));
  }

  it.each<[string, (statement: Statement) => unknown]>([
    ['of another type', (one) => (one._type = 'https://in-toto.io/Statement/v0.1')],
    ['about something else', (one) => (one.predicateType = 'https://slsa.dev/provenance/v1')],
    ['without a file', (one) => (one.predicate.resources = [])],
    ['with shards of files', (one) => (one.predicate.serialization.method = 'shards')],
    ['with another hash', (one) => (one.predicate.serialization.hash_type = 'blake3')],
    ['with a way out of the folder', (one) => ((one.predicate.resources[0] ?? { name: '' }).name = '../x')],
    ['with an absolute path', (one) => ((one.predicate.resources[0] ?? { name: '' }).name = '/etc/passwd')],
    ['with a file twice', (one) => one.predicate.resources.push(...one.predicate.resources.slice(0, 1))],
    [
      'with another digest over all',
      (one) => ((one.subject[0] ?? { digest: { sha256: '' } }).digest.sha256 = 'a'.repeat(64)),
    ],
    ['with two subjects', (one) => one.subject.push(...one.subject)],
  ])('is refused with a statement %s, also by the right signer', async (_, alter) => {
    await model.sign();
    const text = await readFile(join(model.folder, SIGNATURE), 'utf8');
    const { dsseEnvelope } = JSON.parse(text) as { dsseEnvelope: { payload: string } };
    const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()) as Statement;
    alter(statement);
    await signAgain(statement);
    await expect(model.judge()).rejects.toMatchObject({ reason: 'model_untrusted' });
  });
});

describe('an approval', () => {
  const strict = (): TrustPolicy => ({ ...model.policy, mode: 'require' });

  it('by somebody else makes a model ready to be served', async () => {
    await model.sign();
    await expect(model.judge(strict())).rejects.toMatchObject(
      refused('The model is not approved: it has no approval.sig.'),
    );
    await approve();
    await expect(model.judge(strict())).resolves.toMatchObject({
      uploader: { identity: { name: 'uploader' } },
      approver: { identity: { name: 'approver' } },
    });
  });

  it('by the uploader counts for nothing, under the same name or with the same key', async () => {
    await model.sign();
    await approve(model.uploader);
    const own = refused('The one who approved the model is the one who uploaded it.');
    const both = identityOf('both', model.uploader, ['uploader', 'approver']);
    await expect(model.judge({ ...strict(), identities: [both] })).rejects.toMatchObject(own);
    const second = newKey();
    await approve(second);
    const twoKeys = [both, { ...identityOf('both', second, ['approver']) }];
    await expect(model.judge({ ...strict(), identities: twoKeys })).rejects.toMatchObject(own);
  });

  it('with the uploader’s key counts for nothing, though a certificate gives it another name', async () => {
    const made = await signingChain();
    const key = privateKeyOf(made.key);
    const chain = [made.certificate, ...made.between].flatMap(certificatesOf);
    await model.sign({ key, chain: [] });
    await approve({ key, chain });
    const proof = { kind: 'certificate', authorities: certificatesOf(made.authority), subject: ['CN=Ada'] } as const;
    const identities = [
      identityOf('ada', { key, chain }, ['uploader']),
      { ...identityOf('other', { key, chain }, ['approver']), proof },
    ];
    await expect(model.judge({ ...strict(), identities })).rejects.toMatchObject(
      refused('The one who approved the model is the one who uploaded it.'),
    );
  });

  it('needs the role', async () => {
    const other = newKey();
    await model.sign();
    await approve(other);
    const identities = [...strict().identities, identityOf('other', other, ['uploader'])];
    await expect(model.judge({ ...strict(), identities })).rejects.toMatchObject(
      refused('other signed, but is no approver.'),
    );
  });

  it('is for one signature: another uploader’s, or one of another day, needs its own', async () => {
    await model.sign();
    await approve();
    await rm(join(model.folder, SIGNATURE));
    await rename(join(model.folder, APPROVAL), join(model.root, 'kept'));
    await model.sign();
    await rename(join(model.root, 'kept'), join(model.folder, APPROVAL));
    await expect(model.judge(strict())).rejects.toMatchObject(
      refused('approval.sig approves another signature than this one.'),
    );
  });

  it('is no upload that somebody has put in its place', async () => {
    await model.sign(model.approver);
    await rename(join(model.folder, SIGNATURE), join(model.root, 'kept'));
    await model.sign();
    await rename(join(model.root, 'kept'), join(model.folder, APPROVAL));
    await expect(model.judge(strict())).rejects.toMatchObject(refused('approval.sig is a signature, and no approval.'));
  });

  it('does not cover a file that came later', async () => {
    await model.sign();
    await approve();
    await writeFile(join(model.folder, 'later'), '');
    await expect(model.judge(strict())).rejects.toMatchObject(refused('The file later was not signed.'));
  });
});

describe('a model with a file', () => {
  it.each(['of:two.txt', 'back\\slash.txt', 'woman\u200dscientist.txt', 'bell\u0007.txt'])(
    'called %j is not signed, as it would never be trusted',
    async (name) => {
      await writeFile(join(model.folder, name), 'x');
      await expect(model.sign()).rejects.toMatchObject({
        reason: 'model_untrusted',
        message: expect.stringContaining(JSON.stringify(name)) as string,
      });
    },
  );

  it.each(['with space.txt', 'Ünï.txt', '😀.txt', 'ﬀ.txt'])('called %s is signed and trusted', async (name) => {
    await writeFile(join(model.folder, name), '');
    await model.sign();
    await expect(model.judge()).resolves.toBeDefined();
  });
});

describe('a certificate', () => {
  async function judgeBy(options: ChainOptions, subject: readonly string[] = ['CN=Ada', 'O=Hospital'], other?: string) {
    const made = await signingChain(options);
    const chain = [made.certificate, ...made.between].flatMap(certificatesOf);
    const key = privateKeyOf(made.key);
    await signModel(model.folder, { key, chain });
    const proof = { kind: 'certificate', authorities: certificatesOf(other ?? made.authority), subject } as const;
    const ada = { ...identityOf('ada', { key, chain }, ['uploader']), proof };
    const trust = await model.judge({ ...model.policy, identities: [ada] });
    return { trust, key };
  }

  it('stands for its holder when a chain leads to an authority of the policy', async () => {
    const { trust, key } = await judgeBy({});
    expect(trust.uploader).toMatchObject({ identity: { name: 'ada' }, fingerprint: fingerprintOf(publicHalf(key)) });
  });

  it('may be of the authority itself', async () => {
    await expect(judgeBy({ between: 0, pathLength: 0 })).resolves.toBeDefined();
  });

  it.each<[string, ChainOptions]>([
    ['is for other things than signing', { usage: KeyUsageFlags.keyEncipherment }],
    ['has more authorities above it than their first allows', { between: 2, pathLength: 1 }],
    ['names somebody else', { signer: 'CN=Eve, O=Hospital' }],
    ['has a critical extension that nobody knows', { unknownIn: 'signer' }],
    ['is by an authority with a critical extension that nobody knows', { unknownIn: 'between' }],
    ['names two at once', { signer: 'CN=Ada, CN=Eve, O=Hospital' }],
  ])('that %s is refused', async (_, options) => {
    await expect(judgeBy(options)).rejects.toMatchObject(BY_NOBODY);
  });

  it('of an authority that the policy does not name is refused', async () => {
    const { authority } = await signingChain();
    await expect(judgeBy({}, undefined, authority)).rejects.toMatchObject(BY_NOBODY);
  });

  it('of another key is not signed with', async () => {
    const { certificate } = await signingChain();
    await expect(
      signModel(model.folder, { key: model.uploader.key, chain: certificatesOf(certificate) }),
    ).rejects.toThrow('the certificate belongs to another key');
  });
});

describe('a pattern', () => {
  it.each([
    ['chest-*', 'chest-xray', true],
    ['chest-*', 'chest-', true],
    ['chest-*', 'my-chest-xray', false],
    ['*', 'anything', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
  ])('%s and the name %s: %s', (pattern, name, expected) => {
    expect(fits([pattern], name)).toBe(expected);
  });
});
