import { HttpException, type ArgumentsHost } from '@nestjs/common';
import { ServingError, type Reason } from '@medserve/errors';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { tellDenied } from '../activities/denied-request';
import { ProblemFilter } from './problem.filter';
import { Refusals } from './refusals';
import { sendProblem } from './send-problem';

interface Answer {
  status: number;
  document: { readonly code?: string; readonly limit?: string; readonly field?: string };
}

/** What a caller gets for what was thrown, and the reasons of those who are on record as unknown. */
async function answerTo(thrown: unknown): Promise<Answer & { readonly unknown: readonly string[] }> {
  const answer: Answer = { status: 0, document: {} };
  const unknown: Reason[] = [];
  let sent: () => void = () => undefined;
  const isSent = new Promise<void>((resolve) => (sent = resolve));
  const reply = {
    sent: false,
    request: { id: 'the id', url: '/v1/infer', headers: {}, routeOptions: { config: {} } },
    code: (status: number) => {
      answer.status = status;
      return reply;
    },
    header: () => reply,
    send: (bytes: Buffer) => {
      answer.document = JSON.parse(bytes.toString('utf8')) as Answer['document'];
      sent();
      return reply;
    },
  };
  const host = { switchToHttp: () => ({ getResponse: () => reply }) } as unknown as ArgumentsHost;
  const denials = { of: () => Promise.resolve(), unknown: (reason: Reason) => unknown.push(reason) };
  const refusals = new Refusals({
    instruments: noopInstruments(),
    logger: silentLogger,
    tellDenied: (request, error) => tellDenied(denials, request, error),
    send: sendProblem,
  });
  new ProblemFilter(refusals, 1024).catch(thrown, host);
  await isSent;
  return { ...answer, unknown };
}

describe('ProblemFilter', () => {
  // Nest wraps what Fastify throws before a handler runs, and keeps its status only.
  it.each([
    ['a body that was announced as too large', 413, 413, { code: 'too_large', limit: 'body: 1024 bytes' }],
    ['a content type that is none', 415, 415, { code: 'unsupported_media', field: 'Content-Type' }],
    ['an unknown path', 404, 404, { code: 'not_found' }],
    ['a body that is shorter than announced', 400, 400, { code: 'invalid_request' }],
  ])('never answers %s with a 5xx', async (_name, thrownStatus, status, document) => {
    expect(await answerTo(new HttpException('', thrownStatus))).toMatchObject({ status, document });
  });

  it('tells a caller nothing of what nobody expected', async () => {
    const { status, document } = await answerTo(new Error('secret'));
    expect(status).toBe(500);
    expect(JSON.stringify(document)).not.toContain('secret');
  });

  it('puts on record that a credential was refused behind the door, and nothing of other failures', async () => {
    const refused = new ServingError('unauthenticated', 'The assertion is not signed by the client.');
    expect((await answerTo(refused)).unknown).toEqual(['unauthenticated']);
    expect((await answerTo(new ServingError('invalid_request', 'No.'))).unknown).toEqual([]);
  });
});
