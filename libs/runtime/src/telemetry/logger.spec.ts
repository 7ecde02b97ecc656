import { ServingError } from '@medserve/errors';
import { createLogger } from './logger';
import { withSpan } from './tracing/current-span';
import { Tracer } from './tracing/tracer';

const CANARY = 'Okonkwo-4711';

function logged(fields: object): { readonly text: string; readonly line: Record<string, unknown> } {
  const lines: string[] = [];
  createLogger('spec', 'debug', { write: (line) => void lines.push(line) }).warn('static text', fields);
  return { text: lines.join(''), line: JSON.parse(lines.join('')) as Record<string, unknown> };
}

describe('a log line', () => {
  it('tells the fields of the list, and which process speaks', () => {
    const { line } = logged({ requestId: 'r-1', model: 'Organ axial', durationMs: 3, address: '[::1]:8080' });
    expect(line).toMatchObject({
      message: 'static text',
      service: 'spec',
      pid: process.pid,
      requestId: 'r-1',
      model: 'Organ axial',
      durationMs: 3,
      address: '[::1]:8080',
    });
    expect(line).not.toHaveProperty('droppedFields');
  });

  it('leaves out what nobody declared, and says how much', () => {
    const { text, line } = logged({ patient: CANARY, [CANARY]: 1, count: 2 });
    expect(text).not.toContain(CANARY);
    expect(line).toMatchObject({ count: 2, droppedFields: 2 });
  });

  it.each([
    ['an object', { model: { toString: () => CANARY } }],
    ['a text for a number', { count: CANARY }],
    ['a sentence for a word', { task: `classify ${CANARY}` }],
    ['a text that does not look like an id of ours', { requestId: `<${CANARY}>` }],
    ['a second line', { path: `/models\n${CANARY}` }],
    ['an array', { reason: [CANARY] }],
  ])('leaves out a value of another shape: %s', (_name, fields) => {
    const { text, line } = logged(fields);
    expect(text).not.toContain(CANARY);
    expect(line).toMatchObject({ droppedFields: 1 });
  });
});

describe('a log line of a request that is traced', () => {
  it('says which trace it is of, until the request has ended', () => {
    const tracer = new Tracer();
    tracer.open({ add: () => undefined }, { sampler: 'always_on', ratio: 1, callersPerSecond: 1 });
    const span = tracer.accept(`00-${'a'.repeat(32)}-${'c'.repeat(16)}-01`);
    if (!span) throw new Error('not traced');
    expect(withSpan(span, () => logged({ count: 1 })).line).toMatchObject({ count: 1, trace_id: 'a'.repeat(32) });
    span.end();
    expect(withSpan(span, () => logged({ count: 1 })).line).not.toHaveProperty('trace_id');
  });
});

describe('an error in a log line', () => {
  it('is told by kind, code and place, without its text or its causes’', () => {
    const cause = Object.assign(new TypeError(`key (id)=(${CANARY}) exists`), { code: '23505', detail: CANARY });
    const { text, line } = logged({ error: new ServingError('internal', `about ${CANARY}`, { cause }) });
    expect(text).not.toContain(CANARY);
    expect(line['error']).toMatchObject({
      type: 'ServingError',
      reason: 'internal',
      cause: { type: 'TypeError', code: '23505' },
    });
    expect((line['error'] as { frames: string[] }).frames[0]).toMatch(/^at .*logger\.spec\.ts:\d+:\d+/);
  });

  it.each([
    ['a text that looks like frames', new Error(`x\n    at ${CANARY} (file.js:1:1)`)],
    [
      'a name, a code and a reason',
      Object.assign(new Error('x'), { name: `N ${CANARY}`, code: `c ${CANARY}`, reason: { CANARY } }),
    ],
    ['something that is no error', CANARY],
    ['an object', { message: CANARY }],
    [
      'a text that was changed afterwards',
      Object.assign(new Error(`a\n    at ${CANARY}`), { message: `a\n    at ${CANARY}` }),
    ],
  ])('gives nothing away by %s', (_name, error) => {
    expect(logged({ error }).text).not.toContain(CANARY);
  });

  it('that is its own cause is told as far as that makes sense', () => {
    const error = new Error('x');
    error.cause = error;
    expect(logged({ error }).text.match(/"cause"/g)).toHaveLength(3);
  });
});
