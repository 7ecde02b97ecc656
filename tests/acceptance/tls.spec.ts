import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { Platform, runMedserve } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';

interface Answer {
  readonly status: number;
  readonly body: string;
}

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

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-tls-'));
    const made = await runMedserve('certs', 'make', folder);
    expect(made.status).toBe(0);
    ca = readFileSync(join(folder, 'door', 'ca.crt'));
    platform = await Platform.start({
      shape: 'split',
      environment: { MEDSERVE_TLS_DIR: folder, MEDSERVE_DOOR_TLS_DIR: join(folder, 'door') },
    });
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    rmSync(folder, { recursive: true });
  }, 60_000);

  function post(path: string, body: Buffer, trusted?: Buffer): Promise<Answer> {
    const { url, key } = platform.ready;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/dicom' };
    return new Promise((resolve, reject) => {
      const sent = request(url + path, { method: 'POST', headers, ...(trusted === undefined ? {} : { ca: trusted }) });
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
