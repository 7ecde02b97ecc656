import { ServingError, type Reason } from '@medserve/errors';
import { noopInstruments } from '@medserve/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tellDenied } from '../activities/denied-request';
import { Refusals } from './refusals';
import { sendProblem } from './send-problem';

function setUp() {
  const logged: unknown[] = [];
  const unknown: Reason[] = [];
  const denials = { of: () => Promise.resolve(), unknown: (reason: Reason) => unknown.push(reason) };
  const refusals = new Refusals({
    instruments: noopInstruments(),
    logger: { error: (_words, fields) => void logged.push(fields) },
    tellDenied: (request, error) => tellDenied(denials, request, error),
    send: sendProblem,
  });
  const sent: number[] = [];
  const reply = {
    sent: false,
    request: { id: 'the id', url: '/v1/models', headers: {}, routeOptions: { config: {} } },
    code: (status: number) => {
      sent.push(status);
      return reply;
    },
    header: () => reply,
    headers: () => reply,
    send: () => reply,
  };
  const run = (thrown: Error) =>
    refusals.orRefused(() => Promise.reject(thrown))(
      reply.request as unknown as FastifyRequest,
      reply as unknown as FastifyReply,
    );
  return { refusals, run, reply, logged, unknown, sent };
}

describe('what is thrown in front of a handler', () => {
  it('is the answer', async () => {
    const { run, sent, logged } = setUp();
    await run(new ServingError('overloaded', 'Full.'));
    expect(sent).toEqual([503]);
    expect(logged).toEqual([]);
  });

  it('is written down where it is a mistake of ours', async () => {
    const { run, logged, sent } = setUp();
    const mistake = new TypeError('undefined is not a function');
    await run(mistake);
    expect(sent).toEqual([500]);
    expect(logged).toEqual([{ requestId: 'the id', error: mistake }]);
  });

  it('is on record where a credential was refused', async () => {
    const { run, unknown } = setUp();
    await run(new ServingError('unauthenticated', 'No.'));
    expect(unknown).toEqual(['unauthenticated']);
  });

  it('is none where nothing is thrown', async () => {
    const { refusals, reply, sent } = setUp();
    const hook = refusals.orRefused(() => Promise.resolve());
    await hook({} as FastifyRequest, reply as unknown as FastifyReply);
    expect(sent).toEqual([]);
  });
});
