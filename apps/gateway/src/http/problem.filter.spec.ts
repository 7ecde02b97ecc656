import { HttpException, type ArgumentsHost } from '@nestjs/common';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { ProblemFilter } from './problem.filter';

interface Answer {
  status: number;
  document: { readonly code?: string; readonly limit?: string; readonly field?: string };
}

/** What a caller gets for what was thrown. */
function answerTo(thrown: unknown): Answer {
  const answer: Answer = { status: 0, document: {} };
  const reply = {
    sent: false,
    request: { id: 'the id', url: '/v1/infer', routeOptions: {} },
    code: (status: number) => {
      answer.status = status;
      return reply;
    },
    header: () => reply,
    send: (bytes: Buffer) => {
      answer.document = JSON.parse(bytes.toString('utf8')) as Answer['document'];
      return reply;
    },
  };
  const host = { switchToHttp: () => ({ getResponse: () => reply }) } as unknown as ArgumentsHost;
  new ProblemFilter(silentLogger, noopInstruments(), 1024, {
    of: () => Promise.resolve(),
    unknown: () => undefined,
  }).catch(thrown, host);
  return answer;
}

describe('ProblemFilter', () => {
  // Nest wraps what Fastify throws before a handler runs, and keeps its status only.
  it.each([
    ['a body that was announced as too large', 413, 413, { code: 'too_large', limit: 'body: 1024 bytes' }],
    ['a content type that is none', 415, 415, { code: 'unsupported_media', field: 'Content-Type' }],
    ['an unknown path', 404, 404, { code: 'not_found' }],
    ['a body that is shorter than announced', 400, 400, { code: 'invalid_request' }],
  ])('never answers %s with a 5xx', (_name, thrownStatus, status, document) => {
    expect(answerTo(new HttpException('', thrownStatus))).toMatchObject({ status, document });
  });

  it('tells a caller nothing of what nobody expected', () => {
    const { status, document } = answerTo(new Error('secret'));
    expect(status).toBe(500);
    expect(JSON.stringify(document)).not.toContain('secret');
  });
});
