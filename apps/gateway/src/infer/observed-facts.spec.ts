import type { Finding, SampleStatistics } from '@medserve/clinical';
import { encodeEvent, newEventId, type RecordEvent } from '@medserve/events';
import { observedFacts, type SeenInput } from './observed-facts';
import type { Dispatched } from './ports';

const statistics: SampleStatistics = {
  rows: 512,
  columns: 512,
  slices: 1,
  values: 'rescaled',
  mean: -700.5,
  sd: 412.25,
  clipped: 0.2,
  spacing: 'middle',
};

const finding: Finding = {
  answer: { kind: 'classification', labels: [{ code: 'liver', display: 'Liver', score: 0.91 }] },
  decision: 'answered',
  confidence: { organ: 0.91 },
  evidence: [],
  warnings: [],
};

const done = (more: Partial<Dispatched> = {}): Dispatched => ({
  finding,
  task: 'classify',
  model: { name: 'net', version: '1', digest: 'sha256:1' },
  engine: 'onnx',
  timings: { run: 40 },
  batch: { rows: 1, batchRows: 4, leads: true },
  ...more,
});
const seen = (more: Partial<SampleStatistics> = {}, rest: Partial<SeenInput> = {}): SeenInput => ({
  statistics: { ...statistics, ...more },
  scanner: 'siemens:somatom',
  warnings: [],
  ...rest,
});

describe('what is observed of an answer', () => {
  it('is its label and score, what its input is like, what made that, and its share of the run', () => {
    const facts = observedFacts(done(), seen());
    expect(facts).toEqual({
      label: 'liver',
      scores: [0.91],
      input: statistics,
      scanner: 'siemens:somatom',
      runMs: 10,
    });
    const event: RecordEvent = {
      id: newEventId(),
      schema: 1,
      request: newEventId(),
      event: 'completed',
      at: '2026-11-26T00:00:00.000Z',
      tenant: 't',
      actor: 'a',
      observed: facts,
    };
    expect(JSON.parse(encodeEvent(event).toString())).toMatchObject({ observed: facts });
  });

  it('is the run alone where a model gave tensors, and no run where the answer was kept', () => {
    const { task, model, engine, timings, batch } = done();
    expect(observedFacts({ task, model, engine, timings, batch })).toEqual({ runMs: 10 });
    expect(observedFacts(done({ cache: 'hit' })).runMs).toBe(0);
  });

  it.each<[string, SeenInput, Partial<Finding>, readonly string[]]>([
    ['one value in all pixels', seen({ sd: 0, clipped: 1 }), {}, ['input_constant']],
    ['pixels at the ends of the range', seen({ clipped: 0.95 }), {}, ['input_clipped']],
    ['few rows', seen({ rows: 32 }), {}, ['input_small']],
    ['what its preparation said', seen({}, { warnings: ['input_reduced'] }), {}, ['input_reduced']],
    ['a sentence of the model, as a code', seen(), { warnings: ['Jane Doe has it.'] }, ['model_caution']],
  ])('warns of %s', (_, input, more, codes) => {
    expect(observedFacts(done({ finding: { ...finding, ...more } }), input).warnings).toEqual(codes);
  });

  it('is no word of what a model wrote', () => {
    const generation = { choices: [], usage: { prompt: 1, completion: 1, cached: 0, image: 0 } };
    expect(observedFacts(done({ generation })).label).toBeUndefined();
  });
});
