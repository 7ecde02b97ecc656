import { judgeSuccess } from './judge-success';

const answer = (body: string | object, type?: string, isWhole = true) =>
  judgeSuccess({
    status: 200,
    headers: type === undefined ? {} : { 'content-type': type },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    isWhole,
  });
const outcome = (severity: string, code = 'processing') => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity, code }],
});
const response = (...statuses: readonly string[]) => ({
  resourceType: 'Bundle',
  type: 'transaction-response',
  entry: statuses.map((status) => ({ response: { status } })),
});
const FHIR = 'application/fhir+json; charset=utf-8';

describe('a 2xx to a FHIR transaction', () => {
  it.each<[string, string | object, string | undefined]>([
    ['is empty', '', undefined],
    ['is empty, of a type', '', 'text/html'],
    ['is a word of an integration engine', 'OK', 'text/plain'],
    ['is JSON that says nothing', {}, 'application/json'],
    ['is a response in which all is there', response('201 Created', '200', '200 OK'), FHIR],
    ['is a response without entries', { resourceType: 'Bundle', type: 'transaction-response' }, FHIR],
    ['warns', outcome('warning'), FHIR],
  ])('that %s has arrived', (_, body, type) => {
    expect(answer(body, type)).toEqual({ kind: 'delivered' });
  });

  it.each<[string, string | object, string | undefined]>([
    ['a page', '<html>Please log in</html>', 'text/html; charset=utf-8'],
    ['a page that calls itself FHIR', '\n<!DOCTYPE html><title>x</title>', FHIR],
    ['JSON that ends in the middle', '{"resourceType":', FHIR],
  ])('that is %s comes from somebody else', (_, body, type) => {
    expect(answer(body, type)).toEqual({ kind: 'refused', reason: 'bad_answer', status: '200' });
  });

  it('is read as far as it is kept', () => {
    expect(answer('{"resourceType":', FHIR, false)).toEqual({ kind: 'delivered' });
  });

  it.each([
    [outcome('error'), { kind: 'refused', reason: 'content_refused', status: '200' }],
    [outcome('fatal'), { kind: 'refused', reason: 'content_refused', status: '200' }],
    [outcome('error', 'lock-error'), { kind: 'retry', reason: 'receiver_failed', status: '200' }],
    [response('201', '422 Unprocessable Entity'), { kind: 'refused', reason: 'content_refused', status: '422' }],
    [response('503', '400 Bad Request'), { kind: 'refused', reason: 'content_refused', status: '400' }],
    [response('201', '503 Busy'), { kind: 'retry', reason: 'receiver_failed', status: '503' }],
    [response('409 Conflict'), { kind: 'retry', reason: 'receiver_failed', status: '409' }],
    [response('403'), { kind: 'refused', reason: 'not_authorised', status: '403' }],
    [response('nothing'), { kind: 'refused', reason: 'bad_answer' }],
    [
      { ...response('404'), type: 'batch-response' },
      { kind: 'refused', reason: 'content_refused', status: '404' },
    ],
  ])('that says %j: %j', (body, sent) => {
    expect(answer(body, FHIR)).toEqual(sent);
  });
});
