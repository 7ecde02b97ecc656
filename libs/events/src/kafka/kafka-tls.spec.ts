import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { CertificateAuthority, writeCertificate } from '@medserve/security';
import { KafkaTls } from './kafka-tls';

describe('TLS towards brokers', () => {
  const servers: Server[] = [];
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let folder: string;

  beforeAll(async () => {
    [authority, stranger] = await Promise.all([
      CertificateAuthority.create('a hospital', 1),
      CertificateAuthority.create('a stranger', 1),
    ]);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-kafka-tls-'));
    put('ca.crt', authority.certificate);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true });
  });

  const put = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text);
  };
  const own = (from: CertificateAuthority) => from.issue({ name: 'recorder', days: 1 });

  /** Something at 127.0.0.1 that tells who connected: the name in the certificate, or that there was none. */
  async function serve(from: CertificateAuthority, host: string): Promise<number> {
    const { certificate, key } = await from.issue({ name: 'broker', hosts: [host], days: 1 });
    const asks = { requestCert: true, rejectUnauthorized: false, ca: authority.certificate };
    const server = createServer({ cert: certificate, key, ...asks }, (socket) => {
      const { subject } = socket.getPeerCertificate() as { subject?: { CN: string } };
      socket.end(socket.authorized ? (subject?.CN ?? '') : 'nobody');
    });
    servers.push(server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const heard = async (socket: TLSSocket): Promise<string> => {
    const [said] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return said.toString();
  };
  const call = (tls: KafkaTls, port: number, host = '127.0.0.1') =>
    heard(tls.connect({ host, port, onConnect: () => undefined }));

  it('believes a broker of the authority, and shows a certificate when it has one', async () => {
    const port = await serve(authority, '127.0.0.1');
    expect(await call(KafkaTls.open(folder), port)).toBe('nobody');
    writeCertificate(folder, authority.certificate, await own(authority));
    expect(await call(KafkaTls.open(folder), port)).toBe('recorder');
  });

  it('believes no broker of another authority, and none that is called by another name', async () => {
    const tls = KafkaTls.open(folder);
    const [strange, misnamed] = await Promise.all([
      serve(stranger, '127.0.0.1'),
      serve(authority, 'elsewhere.example'),
    ]);
    await expect(call(tls, strange)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    await expect(call(tls, misnamed)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await expect(call(tls, misnamed, 'localhost')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('believes each authority of the file, as while one follows the other', async () => {
    put('ca.crt', `${stranger.certificate}\n${authority.certificate}\n`);
    const tls = KafkaTls.open(folder);
    expect(await call(tls, await serve(authority, '127.0.0.1'))).toBe('nobody');
    expect(await call(tls, await serve(stranger, '127.0.0.1'))).toBe('nobody');
  });

  it('calls a broker by its name', async () => {
    expect(await call(KafkaTls.open(folder), await serve(authority, 'localhost'), 'localhost')).toBe('nobody');
  });

  it('reads the files at each connection, and goes on with the last good ones while they do not fit together', async () => {
    const port = await serve(authority, '127.0.0.1');
    const tls = KafkaTls.open(folder);
    writeCertificate(folder, authority.certificate, await own(authority));
    expect(await call(tls, port)).toBe('recorder');
    put('tls.key', (await own(authority)).key);
    expect(await call(tls, port)).toBe('recorder');
    rmSync(join(folder, 'ca.crt'));
    expect(await call(tls, port)).toBe('recorder');
  });

  it('is not opened with files that are missing, are none, or do not fit together', async () => {
    const { certificate, key } = await own(authority);
    const open = (): KafkaTls => KafkaTls.open(folder);
    put('ca.crt', 'no certificate');
    expect(open).toThrow('ca.crt holds no certificate');
    put('ca.crt', authority.certificate.replace(/\n.{8}/u, '\n'));
    expect(open).toThrow('asn1');
    rmSync(join(folder, 'ca.crt'));
    expect(open).toThrow('ca.crt');
    put('ca.crt', authority.certificate);
    put('tls.crt', certificate);
    expect(open).toThrow('tls.key');
    put('tls.key', (await own(authority)).key);
    expect(open).toThrow('tls.key is not the key');
    put('tls.key', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(open).toThrow('tls.key is not the key');
    put('tls.key', key);
    expect(open).not.toThrow();
    rmSync(join(folder, 'tls.crt'));
    expect(open).toThrow('tls.crt');
  });
});
