import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signingChain } from '@medserve/testkit';
import { fingerprintOf } from './ec-key';
import { makeSigningKey } from './make-signing-key';
import { readTrustFile } from './trust-file';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medserve-trust-'));
});
afterEach(() => rm(folder, { recursive: true }));

const read = async (text: string) => {
  await writeFile(join(folder, 'trust.yaml'), text);
  return readTrustFile(join(folder, 'trust.yaml'));
};

const ADA = makeSigningKey();
const indented = (pem: string): string => pem.trim().replaceAll('\n', '\n      ');

describe('a trust file', () => {
  it('names keys in files beside it, or in itself, and what each may do', async () => {
    const bo = makeSigningKey();
    await writeFile(join(folder, 'bo.pub'), bo.publicPem);
    const policy = await read(`
format: medserve.trust/1
mode: require
rules:
  - { models: [demo-*], mode: open }
identities:
  - name: ada
    key: |
      ${indented(ADA.publicPem)}
    roles: [uploader]
    models: [chest-*]
    validUntil: 2027-01-31T00:00:00Z
  - { name: bo, key: bo.pub, roles: [approver] }
revoked:
  keys: [${ADA.fingerprint}]
minimumVersions: { chest-xray: 3 }
`);
    expect(policy).toMatchObject({
      mode: 'require',
      rules: [{ models: ['demo-*'], mode: 'open' }],
      identities: [
        { name: 'ada', roles: ['uploader'], models: ['chest-*'], validUntilMs: Date.UTC(2027, 0, 31) },
        { name: 'bo', models: ['*'], validFromMs: -Infinity },
      ],
    });
    const keys = policy.identities.map(({ proof }) => (proof.kind === 'key' ? fingerprintOf(proof.key) : ''));
    expect(keys).toEqual([ADA.fingerprint, bo.fingerprint]);
    expect([...policy.revokedKeys]).toEqual([ADA.fingerprint]);
    expect(policy.minimumVersions.get('chest-xray')).toBe(3);
  });

  it('names who is known by a certificate', async () => {
    const { authority } = await signingChain();
    await writeFile(join(folder, 'authority.pem'), authority);
    const { identities } = await read(`
format: medserve.trust/1
mode: signed
identities:
  - name: ada
    certificate: { authorities: authority.pem, subject: [CN=Ada, O=Hospital] }
    roles: [uploader]
`);
    expect(identities[0]?.proof).toMatchObject({ kind: 'certificate', subject: ['CN=Ada', 'O=Hospital'] });
  });

  const identity = (lines: string) => `{format: medserve.trust/1, mode: signed, identities: [{name: ada, ${lines}}]}`;

  it.each([
    ['that is none', 'nothing: here', 'format'],
    ['with a word that it does not know', '{format: medserve.trust/1, mode: signed, mod: open}', 'mod'],
    ['with an unknown mode', '{format: medserve.trust/1, mode: maybe}', 'mode'],
    ['that is no YAML', '{format', 'no YAML'],
    ['with aliases', 'a: &a [1]\nb: *a\n', 'no YAML'],
    ['with somebody who has no proof', identity('roles: [uploader]'), 'one of key, certificate and sigstore'],
    ['with a role that there is not', identity('key: x, roles: [owner]'), 'roles'],
    ['with a key file that is missing', identity('key: gone.pub, roles: [uploader]'), 'the identity ada'],
    ['with a time without a zone', identity('key: x, roles: [uploader], validUntil: 2027-01-01'), 'has to be a time'],
    ['with a fingerprint that is none', '{format: medserve.trust/1, mode: open, revoked: {keys: [abc]}}', 'sha256:'],
    [
      'with two of one name',
      `{format: medserve.trust/1, mode: open, identities: [{name: a, key: x, roles: [uploader]}, {name: a, key: x, roles: [approver]}]}`,
      'same name',
    ],
  ])('%s is refused, and says where', async (_, text, words) => {
    await expect(read(text)).rejects.toThrow(words);
  });

  it('refuses a private key, an RSA key and a trusted root that is none', async () => {
    await writeFile(join(folder, 'ada.pem'), ADA.privatePem);
    await expect(read(identity('key: ada.pem, roles: [uploader]'))).rejects.toThrow('no public key in PEM form');
    await writeFile(join(folder, 'root.json'), '{}');
    const root = identity('sigstore: {identity: a@b, issuer: c, trustedRoot: root.json}, roles: [uploader]');
    await expect(read(root)).rejects.toThrow('the identity ada');
  });
});
