import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority, writeCertificate } from '@medserve/security';
import { CertificateFiles } from './certificate-files';

describe('CertificateFiles', () => {
  let authority: CertificateAuthority;
  let folder: string;
  const listener = (): void => undefined;
  let stop = listener;

  beforeAll(async () => {
    authority = await CertificateAuthority.create('tests', 9);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-certificates-'));
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  /** @returns when it ends */
  async function renew(days: number): Promise<number> {
    const issued = await authority.issue({ name: 'door', hosts: ['localhost'], days });
    writeCertificate(folder, authority.certificate, issued);
    return Date.parse(new X509Certificate(issued.certificate).validTo);
  }

  /** What an observer was told, and how to wait for so much. */
  function watch() {
    const told: unknown[] = [];
    let wake = listener;
    const tell = (what: unknown): void => {
      told.push(what);
      wake();
    };
    const observer = {
      onTrouble: () => {
        tell('trouble');
      },
      onCertificate: tell,
    };
    const paths = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    const files = new CertificateFiles(paths, { refreshMs: 2, observer });
    files.addIdentityCertificateListener(listener);
    stop = () => {
      files.removeIdentityCertificateListener(listener);
    };
    const until = async (count: number): Promise<unknown[]> => {
      while (told.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return told;
    };
    return { until, told };
  }

  it('tell when their certificate ends, and when the one ends that takes its place', async () => {
    const first = await renew(1);
    const { until, told } = watch();
    expect(told).toEqual([first]);
    const second = await renew(2);
    expect(await until(2)).toEqual([first, second]);
  });

  it('are not taken up while only the key of the next pair is there, though it is of another kind', async () => {
    const first = await renew(1);
    const { until } = watch();
    const next = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    writeFileSync(join(folder, 'tls.key'), next.export({ type: 'pkcs8', format: 'pem' }));
    expect(await until(2)).toEqual([first, 'trouble']);
  });

  it('tell once that they cannot be used, and anew when it happens again', async () => {
    const first = await renew(1);
    const { until } = watch();
    writeFileSync(join(folder, 'tls.crt'), 'damaged');
    expect(await until(2)).toEqual([first, 'trouble']);
    const second = await renew(2);
    expect(await until(3)).toEqual([first, 'trouble', second]);
    rmSync(join(folder, 'tls.key'));
    expect(await until(4)).toEqual([first, 'trouble', second, 'trouble']);
  });
});
