import { newEventId, type ActivityEvent, type RecordEvent } from '@medserve/events';
import { recordEvent } from '@medserve/testkit';
import { countEvent, countReviewed, isCounted } from './count-event';
import { Names } from './names';

const OBSERVED: RecordEvent['observed'] = {
  label: 'liver',
  scores: [0.91, 0.4],
  warnings: ['input_small'],
  input: { rows: 32, columns: 64, slices: 2, values: 'stored', mean: 10, sd: 3, clipped: 0.1, spacing: 'fine' },
  scanner: 'ge:signa',
  runMs: 250,
};

const answered = (fields: Partial<RecordEvent> = {}): RecordEvent => {
  const nowMs = Date.UTC(2026, 10, 26);
  return recordEvent({
    event: 'completed',
    request: newEventId(nowMs),
    at: new Date(nowMs + 1_500).toISOString(),
    tenant: 'home',
    site: 'north',
    department: 'xray',
    task: 'classify',
    modality: 'radiology',
    class: 'stat',
    decision: 'answered',
    model: { name: 'organ', version: '2', digest: 'sha256:1' },
    observed: OBSERVED,
    ...fields,
  });
};

const told = (event: ActivityEvent['event'], facts: ActivityEvent['facts'], subject: string): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event,
  at: new Date().toISOString(),
  tenant: 'home',
  actor: 'reader',
  subject,
  outcome: 'success',
  ...(facts === undefined ? {} : { facts }),
});

describe('what an event comes to', () => {
  it('is, of an answer, how it ended, what it said, what it saw, how long it took', () => {
    const event = answered();
    const { counts, sightings, answer } = countEvent(event, new Names());
    const model = { model: 'organ', version: '2' };
    const place = { modality: 'radiology', site: 'north' };
    expect(counts).toEqual([
      {
        metric: 'results',
        labels: { ...model, ...place, task: 'classify', outcome: 'completed', decision: 'answered' },
        by: 1,
      },
      { metric: 'places', labels: { ...model, site: 'north', scanner: 'ge:signa', what: 'answered' }, by: 1 },
      {
        metric: 'turnaroundSeconds',
        labels: { ...place, task: 'classify', class: 'stat' },
        saw: expect.any(Number) as number,
      },
      { metric: 'runSeconds', labels: { ...model, tenant: 'home', department: 'xray' }, by: 0.25 },
      { metric: 'score', labels: { ...model, site: 'north' }, saw: 0.91 },
      { metric: 'labels', labels: { ...model, label: 'liver' }, by: 1 },
      { metric: 'inputs', labels: { ...place, scanner: 'ge:signa' }, by: 1 },
      { metric: 'inputQuality', labels: { ...place, warning: 'input_small' }, by: 1 },
    ]);
    const cell = { ...model, site: 'north', scanner: 'ge:signa' };
    expect(answer).toEqual({ ...cell, request: event.request, score: 0.91 });
    expect(sightings).toEqual([
      { cell, signal: 'score', value: 0.91 },
      { cell, signal: 'label', value: 'liver' },
      { cell, signal: 'decision', value: 'answered' },
      { cell, signal: 'input_mean', value: 10 },
      { cell, signal: 'input_sd', value: 3 },
      { cell, signal: 'input_clipped', value: 0.1 },
      { cell, signal: 'input_size', value: 4_096 },
    ]);
  });

  it('is a turnaround from when the request’s id was made', () => {
    const nowMs = Date.now() + 86_400_000;
    const event = answered({ request: newEventId(nowMs), at: new Date(nowMs + 1_500).toISOString() });
    expect(countEvent(event, new Names()).counts).toContainEqual(
      expect.objectContaining({ metric: 'turnaroundSeconds', saw: 1.5 }),
    );
  });

  it('is no label and nothing to be right about where the model held back', () => {
    const { counts, answer } = countEvent(answered({ decision: 'abstained' }), new Names());
    expect(counts.map(({ metric }) => metric)).not.toContain('labels');
    expect(answer).toBeUndefined();
  });

  it('is an answer that people may review also where the model does not say how sure it is, but no vector', () => {
    const unsure = { observed: { runMs: 1 } };
    const event = answered({ task: 'segment', ...unsure });
    expect(countEvent(event, new Names()).answer).toMatchObject({ request: event.request, score: null });
    expect(countEvent(answered({ task: 'embed', ...unsure }), new Names()).answer).toBeUndefined();
    expect(countEvent(answered({ decision: undefined, ...unsure }), new Names()).answer).toBeUndefined();
  });

  it('is how it ended alone, of a request without an answer or a record of an earlier version', () => {
    const failed = recordEvent({ event: 'failed', reason: 'inference_failed' });
    expect(countEvent(failed, new Names())).toMatchObject({ counts: [{ metric: 'results', by: 1 }], sightings: [] });
    const early = Object.entries(answered()).filter(([member]) => member !== 'observed');
    const { counts, sightings } = countEvent(Object.fromEntries(early) as RecordEvent, new Names());
    expect(counts.map(({ metric }) => metric)).toEqual(['results', 'places', 'turnaroundSeconds']);
    expect(sightings.map(({ signal }) => signal)).toEqual(['decision']);
  });

  it('tells sites of the same name apart by their tenant', () => {
    const site = (tenant: string) => countEvent(answered({ tenant }), new Names()).answer?.site;
    expect([site('home'), site('west')]).toEqual(['north', 'west/north']);
  });

  it('is a verdict on an answer, right or wrong, or about something else', () => {
    const request = newEventId();
    const verdictOf = (event: ActivityEvent['event'], why?: string) =>
      countEvent(told(event, why === undefined ? undefined : { why }, `result:${request}`), new Names()).verdict;
    expect(verdictOf('result_attested')).toMatchObject({ request, verdict: 'attested', isRight: true });
    expect(verdictOf('result_overridden', 'missed_finding')).toMatchObject({ verdict: 'overridden', isRight: false });
    expect(verdictOf('result_overridden', 'wrong_patient')).toMatchObject({ isRight: null });
    expect(countEvent(told('result_read', undefined, `result:${request}`), new Names()).verdict).toBeUndefined();
    expect(countEvent(told('result_attested', undefined, 'result:x'), new Names()).verdict).toBeUndefined();
  });

  it('is nothing of most events', () => {
    const names = ['accepted', 'result_read', 'key_created', undefined, 7, 'toString'];
    expect(names.filter(isCounted)).toEqual([]);
    expect(['completed', 'failed', 'cancelled', 'abandoned', 'result_attested'].every(isCounted)).toBe(true);
    expect(countEvent(recordEvent(), new Names())).toEqual({ counts: [], sightings: [] });
  });

  it('puts a reviewed answer into the tenth of its score', () => {
    const cell = {
      model: 'm',
      version: '1',
      site: 's',
      scanner: 'x',
      request: 'r',
      verdict: 'attested',
      replaced: null,
    } as const;
    const bins = [0, 0.099, 0.1, 0.95, 1, null].map((score) => countReviewed({ ...cell, score })[0]?.labels['bin']);
    expect(bins).toEqual(['0-0.1', '0-0.1', '0.1-0.2', '0.9-1', '0.9-1', 'none']);
  });
});

describe('names', () => {
  it('are told apart up to a bound, for good, and are one beyond', () => {
    const names = new Names();
    const sites = Array.from({ length: 150 }, (_, at) => names.of('site', `site-${String(at)}`));
    expect(new Set(sites).size).toBe(101);
    expect([names.of('site', 'site-3'), names.of('site', 'site-149')]).toEqual(['site-3', 'other']);
    const models = Array.from({ length: 150 }, (_, at) => names.model('m', String(at)));
    expect(models.at(-1)).toEqual({ model: 'other', version: '' });
  });

  it('of places beyond the bound are one place a model', () => {
    const names = new Names();
    const model = { model: 'm', version: '1' };
    for (let at = 0; at < 300; at += 1) names.place(model, 'north', `scanner-${String(at)}`);
    expect(names.place(model, 'north', 'scanner-7')).toEqual({ site: 'north', scanner: 'scanner-7' });
    expect(names.place(model, 'south', 'scanner-7')).toEqual({ site: 'other', scanner: 'other' });
  });
});
