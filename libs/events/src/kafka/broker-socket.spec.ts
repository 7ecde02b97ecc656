import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '@medserve/security';
import { brokerSocket } from './broker-socket';
import { KafkaTls } from './kafka-tls';

describe('the socket to a broker', () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-broker-socket-'));
    writeFileSync(join(folder, 'ca.crt'), (await CertificateAuthority.create('a hospital', 1)).certificate);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['in the clear', () => undefined],
    ['with TLS', () => KafkaTls.open(folder)],
  ])('collects nothing when it is let go of again and again after its end, %s', async (_name, tls) => {
    const server = createServer((guest) => guest.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = brokerSocket({ host: '127.0.0.1', port, onConnect: () => undefined }, tls());
    socket.on('error', () => undefined).resume();
    await new Promise((resolve) => socket.once('close', resolve));
    server.close();
    const before = socket.listenerCount('connect');
    for (let time = 0; time < 20; time += 1) socket.unref();
    expect(socket.listenerCount('connect')).toBe(before);
  });
});
