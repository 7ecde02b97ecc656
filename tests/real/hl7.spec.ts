import { Hl7Server, type Hl7MessageEvent } from '@medplum/hl7';
import { oruMessage, sendHl7 } from '@medserve/interop';
import { interop } from '@medserve/testkit';
import { freePort } from '../support/free-port';
import { describeReal } from './is-real';

/** A receiver that nobody here wrote: the server of @medplum/hl7, which parses what comes and answers what the test says. */
describeReal('HL7 v2 messages', () => {
  const received: { readonly field: (segment: string, field: number) => string; readonly segments: number }[] = [];
  let answer: 'AA' | 'AE' | 'AR' = 'AA';
  let server: Hl7Server;
  let port: number;

  beforeAll(async () => {
    server = new Hl7Server((connection) => {
      connection.addEventListener('message', ({ message }: Hl7MessageEvent) => {
        received.push({
          field: (segment, field) => message.getSegment(segment)?.getField(field).toString() ?? '',
          // It takes what stands behind the last CR for a segment without a name.
          segments: message.segments.filter(({ name }) => name !== '').length,
        });
        connection.send(message.buildAck({ ackCode: answer }));
      });
    });
    port = await freePort();
    await server.start(port);
  });
  beforeEach(() => {
    received.length = 0;
    answer = 'AA';
  });
  afterAll(() => server.stop({ forceDrainTimeoutMs: 100 }));

  const send = (message: string) => sendHl7({ host: '127.0.0.1', port, message, timeoutMs: 10_000 });

  it.each(Object.entries(interop.INPUTS))(
    'of %s are read by another implementation as they were meant',
    async (_, input) => {
      const message = oruMessage(input, { controlId: 'ID-1' });
      expect(await send(message)).toMatchObject({ code: 'AA' });
      const [seen] = received;
      expect(seen?.segments).toBe(message.split('\r').length - 1);
      expect(seen?.field('MSH', 10)).toBe('ID-1');
      expect(seen?.field('PID', 5)).toContain(input.context?.patient.name === undefined ? 'UNKNOWN' : 'Müller^Jörg');
      expect(seen?.field('OBR', 25)).toBe(input.generation > 1 ? 'C' : 'P');
    },
  );

  it.each(['AE', 'AR'] as const)('that are answered by %s are told so', async (code) => {
    answer = code;
    const message = oruMessage(interop.inputOf(interop.ANSWERS.report), { controlId: 'ID-2' });
    expect(await send(message)).toMatchObject({ code });
  });
});
