import { generateKeyPairSync } from 'node:crypto';
import { CertificateAuthority, type IssuedCertificate } from '@medserve/security';
import { checkPem } from './pem';

describe('PEM files of one end', () => {
  let authority: string;
  let own: IssuedCertificate;
  let other: IssuedCertificate;

  beforeAll(async () => {
    const made = await CertificateAuthority.create('tests', 1);
    authority = `${made.certificate}\n`;
    [own, other] = await Promise.all([
      made.issue({ name: 'door', hosts: ['localhost'], days: 1 }),
      made.issue({ name: 'door', hosts: ['localhost'], days: 1 }),
    ]);
  });

  const check = ({ cert = own.certificate, key = own.key, ca }: { cert?: string; key?: string; ca?: string }) => {
    checkPem({ cert: Buffer.from(cert), key: Buffer.from(key), ca: ca === undefined ? undefined : Buffer.from(ca) });
  };
  const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

  it('are taken with a chain, with several authorities, and with words in between', () => {
    const words = `Bag Attributes\n  friendlyName: a-b\n${authority}`;
    expect(() => {
      check({ cert: `${own.certificate}\n${authority}`, ca: `${authority}${words}` });
    }).not.toThrow();
  });

  it('have the key of their own certificate: no other, of whatever kind, and none of another place in the chain', () => {
    const foreign = rsa().export({ type: 'pkcs1', format: 'pem' }).toString();
    for (const files of [{ key: other.key }, { key: foreign }, { cert: authority + own.certificate }])
      expect(() => {
        check(files);
      }).toThrow(/the private key is not|key values mismatch/);
  });

  it.each([
    { type: 'pkcs8', format: 'pem' },
    { type: 'pkcs1', format: 'pem' },
  ] as const)('have a key that needs no passphrase, and say so of an encrypted one ($type)', (form) => {
    const key = rsa()
      .export({ ...form, cipher: 'aes-128-cbc', passphrase: 'secret' })
      .toString();
    expect(() => {
      check({ key });
    }).toThrow('the private key is encrypted');
  });

  it('name whole authorities', () => {
    for (const ca of [
      '',
      'damaged',
      authority.slice(0, -60),
      authority + authority.slice(0, 200),
      authority.trim() + authority,
    ])
      expect(() => {
        check({ ca });
      }).toThrow(/the file of the authority/);
    const damaged = authority.replace(/MII[^\n]{20}/, 'MIIAAAAAAAAAAAAAAAAAAAA');
    expect(() => {
      check({ ca: damaged });
    }).toThrow();
  });
});
