import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ELEMENT, RESPONSE } from '../message/elements';
import { MessageReader } from '../message/message-reader';
import { writeMessage } from '../message/write-message';
import { PduReader, type PduEvent } from '../pdu/pdu-reader';
import { writeAbort, writeAssociateAccept, writeReject, writeReleaseResponse } from '../pdu/write-pdu';
import { accept } from '../server/negotiate';
import { CT, EXPLICIT } from '../testing/raw-peer';
import { associate, type AssociateOptions } from './associate';
import type { Association } from './association';

const IMPLICIT = '1.2.840.10008.1.2';
const RLE = '1.2.840.10008.1.2.5';

/** What a peer makes of an event: bytes to answer with, or an end. */
type Script = (event: PduEvent, socket: Socket) => Buffer | undefined;

describe('an association that we open', () => {
  let server: Server;
  let lengths: number[];
  let script: Script;
  let maxPduBytes: number;
  let port: number;
  const sockets: Socket[] = [];

  /** Accepts with a small maximum length, answers 0000, releases. */
  const polite: Script = (event) => {
    if (event.kind === 'associate-request') return writeAssociateAccept(accept(event.request, maxPduBytes).answer);
    if (event.kind === 'release-request') return writeReleaseResponse();
    return undefined;
  };

  beforeEach(async () => {
    lengths = [];
    maxPduBytes = 1_024;
    script = polite;
    server = createServer((socket) => {
      sockets.push(socket);
      const reader = new PduReader(1 << 20);
      const messages = new MessageReader();
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        for (const event of reader.read(chunk)) {
          const answer = script(event, socket) ?? answerTo(event, messages);
          if (answer !== undefined) socket.write(answer);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  let asked = { command: 0, messageId: 0 };
  function answerTo(event: PduEvent, messages: MessageReader): Buffer | undefined {
    if (event.kind !== 'fragment') return undefined;
    lengths.push(event.bytes.length);
    const part = messages.take(event);
    if (part?.kind === 'command') asked = part.command;
    const isWhole = part?.kind === 'command' ? !part.command.hasDataSet : part?.isLast === true;
    return isWhole ? response(0x0000) : undefined;
  }
  const response = (status: number): Buffer => {
    const fields = new Map([
      [ELEMENT.commandField, asked.command | RESPONSE],
      [ELEMENT.messageIdBeingRespondedTo, asked.messageId],
      [ELEMENT.status, status],
    ]);
    return Buffer.concat([...writeMessage(1, 1_024, fields)]);
  };

  const open = (more: Partial<AssociateOptions> = {}): Promise<Association> =>
    associate({
      host: '127.0.0.1',
      port,
      callingAet: 'SPEC',
      calledAet: 'PEER',
      contexts: [
        { abstractSyntax: CT, transferSyntaxes: [EXPLICIT, IMPLICIT] },
        { abstractSyntax: CT, transferSyntaxes: [RLE] },
        { abstractSyntax: '1.2.3', transferSyntaxes: [EXPLICIT] },
      ],
      ...more,
    });

  const stored = (association: Association, transferSyntaxUid: string, dataSet = Buffer.alloc(10)) =>
    association.store({ sopClassUid: CT, sopInstanceUid: '2.25.7', transferSyntaxUid, dataSet });

  it('knows what was accepted', async () => {
    const association = await open();
    expect(association.accepted(CT)).toBe(EXPLICIT);
    expect(association.accepted('1.2.3')).toBeUndefined();
    await association.release();
  });

  it('sends nothing longer than the peer takes, and all of it', async () => {
    const association = await open();
    expect(await stored(association, EXPLICIT, Buffer.alloc(5_000))).toEqual({ status: 0 });
    const [, ...data] = lengths;
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1_024 - 6);
    expect(data.reduce((sum, length) => sum + length, 0)).toBe(5_000);
    await association.release();
  });

  it('answers itself what the peer did not accept', async () => {
    const association = await open();
    expect(await stored(association, IMPLICIT)).toMatchObject({ status: 0x0122 });
    expect(await stored(association, RLE)).toEqual({ status: 0 });
    expect(await association.echo()).toMatchObject({ status: 0x0122 });
    await association.release();
  });

  it('asks one thing after the other, whoever asks', async () => {
    const association = await open();
    const statuses = await Promise.all([1, 2, 3].map(() => stored(association, EXPLICIT)));
    expect(statuses).toEqual([{ status: 0 }, { status: 0 }, { status: 0 }]);
    await association.release();
  });

  it.each([
    ['for good', { result: 1, source: 1, reason: 7 } as const, 'rejected-permanent', /called AE title/],
    ['for now', { result: 2, source: 3, reason: 2 } as const, 'rejected-transient', /limit/],
  ])('says that it was rejected %s, and why', async (_what, rejection, kind, detail) => {
    script = () => writeReject(rejection);
    await expect(open()).rejects.toMatchObject({ kind, detail: expect.stringMatching(detail) as string });
  });

  it('says that nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(open()).rejects.toMatchObject({ kind: 'refused-connection' });
  });

  it.each<[string, Script]>([
    ['aborts', () => writeAbort({ source: 0, reason: 0 })],
    ['hangs up', (_event, socket) => void socket.end()],
    ['resets', (_event, socket) => void socket.resetAndDestroy()],
    ['says what cannot be', () => Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
  ])('is aborted when the peer %s instead of an answer', async (_what, instead) => {
    script = instead;
    await expect(open()).rejects.toMatchObject({ kind: 'aborted' });
    script = (event, socket) => (event.kind === 'fragment' ? instead(event, socket) : polite(event, socket));
    const association = await open();
    await expect(stored(association, EXPLICIT)).rejects.toMatchObject({ kind: 'aborted' });
    await expect(stored(association, EXPLICIT)).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('times out on a peer that does not answer', async () => {
    script = () => undefined;
    const timeouts = { associateMs: 30, responseMs: 30 };
    await expect(open({ timeouts })).rejects.toMatchObject({ kind: 'timeout' });
    script = (event, socket) => (event.kind === 'fragment' ? Buffer.alloc(0) : polite(event, socket));
    const association = await open({ timeouts });
    await expect(stored(association, EXPLICIT)).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('times out on a peer that does not read', async () => {
    script = (event, socket) => {
      if (event.kind === 'fragment') socket.pause();
      return polite(event, socket);
    };
    maxPduBytes = 0;
    const association = await open({ timeouts: { responseMs: 50 } });
    await expect(stored(association, EXPLICIT, Buffer.alloc(64 << 20))).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('ends when its signal says so', async () => {
    const stopping = new AbortController();
    script = (event, socket) => {
      if (event.kind === 'fragment') stopping.abort();
      return event.kind === 'fragment' ? Buffer.alloc(0) : polite(event, socket);
    };
    const association = await open({ signal: stopping.signal });
    await expect(stored(association, EXPLICIT)).rejects.toMatchObject({ kind: 'aborted', detail: 'ended by us' });
    await expect(open({ signal: stopping.signal })).rejects.toMatchObject({ kind: 'aborted' });
  });
});
