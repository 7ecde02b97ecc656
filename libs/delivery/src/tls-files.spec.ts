import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '@medserve/security';
import { readTls } from './tls-files';

describe('TLS files of a destination', () => {
  let folder: string;
  const put = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text);
  };
  const read = () => readTls({ caFile: 'ca.pem', certFile: 'us.crt', keyFile: 'us.key' }, folder);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-destination-tls-'));
    const authority = await CertificateAuthority.create('a hospital', 1);
    const { certificate, key } = await authority.issue({ name: 'us', days: 1 });
    put('ca.pem', `a hospital\n${authority.certificate}\n`);
    put('us.crt', `${certificate}\n${authority.certificate}\n`);
    put('us.key', key);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('are read, with a chain and with words in between', () => {
    const { ca, cert, key } = read();
    for (const text of [ca, cert, key]) expect(text).toContain('-----BEGIN ');
  });

  it('are refused before anything is sent where they cannot work, by the name of the file', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    put('us.key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(read).toThrow('the key in the file us.key is not that of the first certificate in us.crt');
    const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' });
    put('us.key', encrypted.toString());
    expect(read).toThrow('the file us.key holds no private key, or one that needs a passphrase');
    put('ca.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
    expect(read).toThrow('the file ca.pem does not begin with a whole certificate');
  });
});
