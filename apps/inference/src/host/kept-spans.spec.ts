import { KeptSpans } from './kept-spans';

const CALLER = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

describe('the spans of a host', () => {
  it('are given with the next report, once', () => {
    const kept = new KeptSpans();
    expect(kept.take()).toBeUndefined();
    kept.tracer.join('infer', CALLER)?.end();
    expect(kept.take()).toMatchObject({ spans: [{ name: 'infer' }], dropped: 0 });
    expect(kept.take()).toBeUndefined();
  });

  it('are no more than fit between two reports, and the others are counted', () => {
    const kept = new KeptSpans();
    for (let index = 0; index < 3_000; index += 1) kept.tracer.join('infer', CALLER)?.end();
    const first = kept.take();
    expect([first?.spans.length, first?.dropped]).toEqual([2_048, 3_000 - 2_048]);
    kept.tracer.join('infer', CALLER)?.end();
    expect(kept.take()).toMatchObject({ dropped: 0 });
  });

  it('begin nothing by themselves', () => {
    expect(new KeptSpans().tracer.accept(undefined)).toBeUndefined();
  });
});
