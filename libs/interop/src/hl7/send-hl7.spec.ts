import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { CertificateAuthority } from '@medserve/security';
import { MllpFrames } from './mllp-frames';
import { sendHl7, type SendHl7 } from './send-hl7';

const MESSAGE = 'MSH|^~\\&|A|B|C|D|20260102||ORU^R01^ORU_R01|ID-1|P|2.5.1||||||UNICODE UTF-8\rPID|1||Jörg\r';
const ENHANCED = MESSAGE.replace('2.5.1||||||', '2.5.1|||AL|AL||');

const ack = (code: string, of = 'ID-1', more = ''): Buffer =>
  Buffer.from(`\x0bMSH|^~\\&|C|D|A|B|20260102||ACK|9|P|2.5.1\rMSA|${code}|${of}${more}\r\x1c\r`);

describe('a message over MLLP', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A peer that does with each message what the test says. */
  const peer = async (onMessage: (socket: Socket, message: string) => void, server = createServer()) => {
    servers.push(server);
    server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => {
      const frames = new MllpFrames(1 << 20);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        for (const message of frames.push(chunk)) onMessage(socket, message);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const send = (port: number, more: Partial<SendHl7> = {}) =>
    sendHl7({ host: '127.0.0.1', port, message: MESSAGE, timeoutMs: 5_000, ...more });

  it.each(['AA', 'AE', 'AR', 'CA', 'CE', 'CR'])('is acknowledged by %s', async (code) => {
    const port = await peer((socket) => socket.write(ack(code)));
    expect(await send(port)).toEqual({ code });
  });

  it.each([
    ['AA ', 'ID-1'],
    [' AA', 'ID-1'],
    ['AA', 'ID-1  '],
    ['AA', 'ID-1\\X20\\'],
  ])('is acknowledged by a peer that pads its fields: %j of %j', async (code, of) => {
    const port = await peer((socket) => socket.write(ack(code, of)));
    expect(await send(port)).toEqual({ code: 'AA' });
  });

  it('arrives whole and in UTF-8', async () => {
    const seen: string[] = [];
    const port = await peer((socket, message) => {
      seen.push(message);
      socket.write(ack('AA'));
    });
    await send(port);
    expect(seen).toEqual([MESSAGE]);
  });

  it('comes with the words of who refuses it', async () => {
    const port = await peer((socket) => socket.write(ack('AE', 'ID-1', '|Pati\\T\\ent\rERR||||E')));
    expect(await send(port)).toEqual({ code: 'AE', text: 'Pati&ent' });
  });

  it('is understood when the acknowledgement comes byte by byte, in the middle of its letters', async () => {
    const port = await peer((socket) => {
      socket.setNoDelay(true);
      const bytes = [...ack('AR', 'ID-1', '|für 肺')];
      const next = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined && !socket.destroyed) socket.write(Buffer.of(byte), () => setImmediate(next));
      };
      next();
    });
    expect(await send(port)).toEqual({ code: 'AR', text: 'für 肺' });
  });

  it.each(['#', '$', '*'])('is acknowledged by a peer that separates its fields by %s', async (separator) => {
    const text = `\x0bMSH|^~\\&|C|D|A|B|20260102||ACK|9|P|2.5.1\rMSA|AE|ID-1|why\r\x1c\r`.replaceAll('|', separator);
    const port = await peer((socket) => socket.write(text));
    expect(await send(port)).toEqual({ code: 'AE', text: 'why' });
  });

  it('waits for the application where it asked for its word, and takes a refusal to keep it as the last', async () => {
    const both = await peer((socket) => socket.write(Buffer.concat([ack('CA'), ack('AE')])));
    expect(await send(both, { message: ENHANCED })).toEqual({ code: 'AE' });
    const refusing = await peer((socket) => socket.write(ack('CR')));
    expect(await send(refusing, { message: ENHANCED })).toEqual({ code: 'CR' });
    const keeping = await peer((socket) => socket.write(ack('CA')));
    expect(await send(keeping, { message: ENHANCED.replace('|AL|AL|', '|AL|NE|') })).toEqual({ code: 'CA' });
  });

  it('is not acknowledged by the answer to another message', async () => {
    const port = await peer((socket) => socket.write(Buffer.concat([ack('AA', 'ID-0'), ack('AE')])));
    expect(await send(port)).toEqual({ code: 'AE' });
  });

  it.each([
    ['a peer that is silent', 'timeout', () => undefined],
    ['a peer that hangs up', 'closed', (socket: Socket) => socket.end()],
    ['a peer that breaks the connection', 'closed', (socket: Socket) => socket.resetAndDestroy()],
    ['a peer that sends without an end', 'garbled', (socket: Socket) => socket.write(Buffer.alloc(2 << 20, '\x0bx'))],
  ] as const)('fails at %s: %s', async (_, kind, act) => {
    const port = await peer((socket) => {
      act(socket);
    });
    await expect(send(port, kind === 'timeout' ? { timeoutMs: 50 } : {})).rejects.toMatchObject({ kind });
  });

  it('goes through TLS to a peer that we trust, with our certificate where it asks for one, and to no other', async () => {
    const ours = await CertificateAuthority.create('ours', 1);
    const theirs = await CertificateAuthority.create('theirs', 1);
    const of = await ours.issue({ name: 'peer', hosts: ['127.0.0.1'], days: 1 });
    const asks = { requestCert: true, rejectUnauthorized: true, ca: ours.certificate };
    const server = createTlsServer({ cert: of.certificate, key: of.key, ...asks });
    server.on('tlsClientError', () => undefined);
    const port = await peer((socket) => socket.write(ack('AA')), server);
    const own = await ours.issue({ name: 'medserve', days: 1 });
    const credentials = { cert: own.certificate, key: own.key };
    expect(await send(port, { tls: { ca: ours.certificate, ...credentials } })).toEqual({ code: 'AA' });
    await expect(send(port, { tls: { ca: ours.certificate } })).rejects.toMatchObject({ kind: 'tls' });
    await expect(send(port, { tls: { ca: theirs.certificate, ...credentials } })).rejects.toMatchObject({
      kind: 'tls',
    });
  });

  it('fails where nobody listens, and when its caller gives up', async () => {
    const port = await peer(() => undefined);
    const given = new AbortController();
    const sending = send(port, { signal: given.signal });
    given.abort();
    await expect(sending).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(send(port, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
    const [closed] = servers.splice(0);
    closed?.close();
    await once(closed as Server, 'close');
    await expect(send(port)).rejects.toMatchObject({ kind: 'refused-connection' });
  });
});
