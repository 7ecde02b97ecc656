import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { CertificateAuthority, writeCertificate, type IssuedCertificate } from '@medserve/security';
import { WebSocket } from 'ws';
import { Platform, runMedserve, until } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** That of the DICOM node ends before all others, as the alerts have to see. */
const DICOM_DAYS = 3;

/** HTTP/2 (RFC 9113): the preface, empty settings, and a ping, which a server that listens answers. */
const PING = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
  Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0]),
  Buffer.from('a ping!!'),
]);

describe('a platform whose services and callers speak TLS', () => {
  let folder: string;
  let platform: Platform;
  let ca: Buffer;
  let pacs: IssuedCertificate;
  let stranger: IssuedCertificate;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-tls-'));
    const made = await runMedserve('certs', 'make', folder);
    expect(made.status).toBe(0);
    ca = readFileSync(join(folder, 'door', 'ca.crt'));
    // Callers are vouched for by an authority of their own: that of the services makes services.
    const hospital = await CertificateAuthority.create('a hospital', 1);
    writeFileSync(join(folder, 'door', 'client-ca.crt'), hospital.certificate);
    const uri = 'urn:hospital:pacs';
    pacs = await hospital.issue({ name: 'pacs', uri, days: 1 });
    stranger = await (await CertificateAuthority.create('a hospital', 1)).issue({ name: 'pacs', uri, days: 1 });
    writeCertificate(
      join(folder, 'dicom'),
      hospital.certificate,
      await hospital.issue({ name: 'node', days: DICOM_DAYS }),
    );
    platform = await Platform.start({
      shape: 'split',
      environment: {
        MEDSERVE_TLS_DIR: folder,
        MEDSERVE_DOOR_TLS_DIR: join(folder, 'door'),
        MEDSERVE_DIMSE_TLS_DIR: join(folder, 'dicom'),
        MEDSERVE_DIMSE_TLS_PORT: '0',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const shown = ({ certificate, key }: IssuedCertificate) => ({ cert: certificate, key });

  /** @param by the certificate by which the caller is known, in the place of a key */
  function post(path: string, body: Buffer, trusted?: Buffer, by?: IssuedCertificate): Promise<Answer> {
    const { url, key } = platform.ready;
    const headers = {
      'content-type': 'application/dicom',
      ...(by === undefined ? { authorization: `Bearer ${key}` } : {}),
    };
    return new Promise((resolve, reject) => {
      const sent = request(url + path, {
        method: 'POST',
        headers,
        ...(trusted === undefined ? {} : { ca: trusted }),
        ...(by === undefined ? {} : shown(by)),
        agent: false,
      });
      sent.once('error', reject);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      });
      sent.end(body);
    });
  }

  /** Where the services of this platform listen, as their logs say. */
  function ports(): number[] {
    const logs = join(platform.ready.home, 'logs');
    const text = readdirSync(logs)
      .map((name) => readFileSync(join(logs, name), 'utf8'))
      .join('\n');
    return [...text.matchAll(/"address":"127\.0\.0\.1:(\d+)"/g)].map(([, port]) => Number(port));
  }

  /** Whether a service says anything to who connects with this certificate, or without TLS. */
  async function isHeard(port: number, service: string | undefined): Promise<boolean> {
    const files = (name: string): Buffer => readFileSync(join(folder, service ?? '', name));
    const socket =
      service === undefined
        ? connectPlain({ port, host: '127.0.0.1' })
        : connect({
            port,
            host: '127.0.0.1',
            ca,
            cert: files('tls.crt'),
            key: files('tls.key'),
            ALPNProtocols: ['h2'],
            checkServerIdentity: () => undefined,
          });
    socket.on('error', () => undefined);
    try {
      await once(socket as TLSSocket, service === undefined ? 'connect' : 'secureConnect');
      socket.write(PING);
      let heard = '';
      for await (const chunk of socket) {
        heard += (chunk as Buffer).toString('latin1');
        if (heard.includes('a ping!!')) return true;
      }
      return false;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  it('answers a caller who trusts its authority, and is not believed by one who does not', async () => {
    const { status, body } = await post('/v1/infer', syntheticSlice(), ca);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ status: 'completed' });
    await expect(post('/v1/infer', syntheticSlice())).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  it('tells when the certificate of each of its doors ends, that towards DICOM nodes too', async () => {
    const { url, key } = platform.ready;
    const text = await new Promise<string>((resolve, reject) => {
      const sent = request(`${url}/metrics`, { ca, headers: { authorization: `Bearer ${key}` }, agent: false });
      sent.once('error', reject).once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          resolve(Buffer.concat(chunks).toString());
        });
      });
      sent.end();
    });
    const told = [...text.matchAll(/^medserve_certificate_expires_seconds\{.*certificate="(\w+)".*\} (\S+)$/gm)];
    const ends = new Map(told.map(([, certificate, seconds]) => [certificate, Number(seconds)]));
    expect([...ends.keys()].sort()).toEqual(['dicom', 'door', 'service']);
    expect(ends.get('dicom')).toBeLessThan(Date.now() / 1_000 + DICOM_DAYS * 86_400 + 60);
  });

  it('becomes a WebSocket for a caller who trusts its authority', async () => {
    const { url, key } = platform.ready;
    const listen = (trusted?: Buffer): WebSocket =>
      new WebSocket(`${url.replace('https', 'wss')}/dicom-web/subscribers/PACS`, {
        headers: { authorization: `Bearer ${key}` },
        ...(trusted === undefined ? {} : { ca: trusted }),
      });
    const socket = listen(ca);
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
    await expect(once(listen(), 'open')).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  /** The gRPC status of a question that needs a caller, by HTTP/2 alone. */
  async function askGrpc(by: IssuedCertificate): Promise<number> {
    const session = connectHttp2(`https://${platform.ready.grpc}`, { ca, ...shown(by) });
    session.on('error', () => undefined);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/inference.GRPCInferenceService/ServerMetadata',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status = -1;
    for (const event of ['response', 'trailers']) {
      stream.on(event, (headers: Record<string, string>) => {
        status = Number(headers['grpc-status'] ?? status);
      });
    }
    stream.end(Buffer.alloc(5));
    stream.resume();
    await once(stream, 'close');
    session.destroy();
    return status;
  }

  it('knows a client by its certificate alone, at both doors, and takes none of another authority', async () => {
    expect([(await post('/v1/infer', syntheticSlice(), ca, pacs)).status, await askGrpc(pacs)]).toEqual([401, 16]);
    const registered = await runMedserve(
      ...['clients', 'add', '--label', 'pacs', '--certificate-name', 'URI:urn:hospital:pacs'],
      ...['--home', platform.ready.home],
    );
    expect(registered.status).toBe(0);
    // What was looked up in vain is believed for five seconds.
    await until('a registered client', async () => (await askGrpc(pacs)) === 0);
    expect((await post('/v1/infer', syntheticSlice(), ca, pacs)).status).toBe(200);
    expect([(await post('/v1/infer', syntheticSlice(), ca, stranger)).status, await askGrpc(stranger)]).toEqual([
      401, 16,
    ]);
  });

  it('lets nobody speak to router and pod but who has to, and nobody in the clear', async () => {
    const found = ports();
    expect(found.length).toBeGreaterThanOrEqual(2);
    for (const port of found) {
      expect([await isHeard(port, undefined), await isHeard(port, 'recorder'), await isHeard(port, 'door')]).toEqual([
        false,
        false,
        false,
      ]);
    }
    const heard = await Promise.all(found.map((port) => isHeard(port, 'gateway')));
    expect(heard.filter(Boolean)).toHaveLength(1);
  });
});
