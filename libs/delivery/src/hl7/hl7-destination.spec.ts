import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { MllpError, oruMessage, sendHl7, type Acknowledgement, type MllpFailure } from '@medserve/interop';
import { aParcel } from '../testing/a-parcel';
import { settingsOf } from '../testing/settings';
import { controlIdOf, Hl7Destination } from './hl7-destination';

const signal = new AbortController().signal;

const send = (answer: Acknowledgement['code'] | MllpFailure, more: object = {}) => {
  const messages: string[] = [];
  const destination = new Hl7Destination({
    settings: settingsOf('hl7', more),
    tls: undefined,
    compose: (_report, { controlId, receivingApplication = '' }) => `${controlId}|${receivingApplication}`,
    send: ({ message }) => {
      messages.push(message);
      const isCode = /^[AC][AER]$/.test(answer);
      return isCode
        ? Promise.resolve({ code: answer as Acknowledgement['code'] })
        : Promise.reject(new MllpError(answer as MllpFailure, 'no'));
    },
  });
  return { sent: destination.send(aParcel(), signal), messages, destination };
};

describe('an HL7 receiver as destination', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it.each(['AA', 'CA'] as const)('has the message when it answers %s', async (code) => {
    expect(await send(code).sent).toEqual({ kind: 'delivered' });
  });

  it.each([
    ['AE', { kind: 'retry', reason: 'receiver_failed', status: 'AE' }],
    ['CE', { kind: 'retry', reason: 'receiver_failed', status: 'CE' }],
    ['AR', { kind: 'refused', reason: 'message_rejected', status: 'AR' }],
    ['CR', { kind: 'refused', reason: 'message_rejected', status: 'CR' }],
  ] as const)('that answers %s is %j', async (code, sent) => {
    expect(await send(code).sent).toEqual(sent);
  });

  it('may have AR as an answer that is no last word', async () => {
    expect(await send('AR', { retryCodes: ['AR'] }).sent).toMatchObject({ kind: 'retry', status: 'AR' });
    expect(await send('AE', { retryCodes: ['AR'] }).sent).toMatchObject({ kind: 'refused', status: 'AE' });
  });

  it.each([
    ['refused-connection', 'unreachable'],
    ['tls', 'tls'],
    ['timeout', 'timeout'],
    ['closed', 'aborted'],
    ['garbled', 'bad_answer'],
    ['cancelled', 'timeout'],
  ] as const)('of which nothing comes but %s is asked again', async (failure, reason) => {
    expect(await send(failure).sent).toEqual({ kind: 'retry', reason });
  });

  it('sees the same control id in every attempt, of at most 20 characters, and another one for another delivery', async () => {
    const { destination, messages } = send('AE', { receivingApplication: 'RIS' });
    await destination.send(aParcel(), signal);
    expect(messages).toEqual([messages[0], messages[0]]);
    expect(messages[0]).toBe(`${controlIdOf(aParcel())}|RIS`);
    expect(controlIdOf(aParcel())).toMatch(/^[0-9A-F]{20}$/);
    expect(controlIdOf({ id: 'another' })).not.toBe(controlIdOf(aParcel()));
  });

  it.each([
    ['AA', { kind: 'delivered' }],
    ['AE', { kind: 'retry', reason: 'receiver_failed', status: 'AE' }],
  ] as const)(
    'that is asked for the word of its application and keeps the message first is heard for its %s',
    async (code, sent) => {
      const asked: string[] = [];
      server = createServer((socket) => {
        socket.on('data', (chunk) => {
          const head = chunk.toString('utf8').slice(1).split('\r', 1)[0]?.split('|') ?? [];
          asked.push(...head.slice(14, 16));
          for (const word of ['CA', code]) socket.write(`\x0bMSH|^~\\&|\rMSA|${word}|${head[9] ?? ''}\r\x1c\r`);
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const settings = settingsOf('hl7', { port, acknowledgement: 'application' });
      const destination = new Hl7Destination({ settings, tls: undefined, compose: oruMessage, send: sendHl7 });
      expect(await destination.send(aParcel(), signal)).toEqual(sent);
      expect(asked).toEqual(['AL', 'AL']);
    },
  );
});
