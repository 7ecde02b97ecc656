import { encodeEvent, newEventId } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { Dispatched } from './ports';
import { acceptedEvent, completedEvent, endedEvent, type EventSubject } from './record-events';

const HASH = 'ab'.repeat(32);
const AT = new Date('2026-11-25T10:00:00.000Z');
const BY: Principal = { id: 'k', kind: 'key', tenant: 'north', scopes: new Set() };

const subject = (more: Partial<EventSubject> = {}): EventSubject => ({
  request: newEventId(),
  tenant: 'north',
  by: BY,
  task: 'classify',
  modality: 'radiology',
  class: 'routine',
  inputs: [HASH],
  ...more,
});

const done = (finding?: Dispatched['finding']): Dispatched => ({
  ...(finding === undefined ? {} : { finding }),
  task: 'classify',
  model: { name: 'net', version: '1', digest: 'sha256:1' },
  engine: 'fake',
  timings: {},
  batch: { rows: 1, batchRows: 1, leads: true },
});

const told = (event: Parameters<typeof encodeEvent>[0]): unknown => JSON.parse(encodeEvent(event).toString());

describe('the events of a request', () => {
  it('name patient and study by their hashes, all of them', () => {
    const of = subject({ patient: HASH, study: HASH });
    const events = [
      acceptedEvent(of, newEventId(), AT),
      completedEvent(of, newEventId(), AT, done(), HASH),
      endedEvent(of, 'failed', AT, 'inference_failed', HASH),
    ];
    for (const event of events) expect(told(event)).toMatchObject({ patient: HASH, study: HASH });
  });

  it('name nobody where nobody is known', () => {
    const event = told(acceptedEvent(subject(), newEventId(), AT));
    expect(event).not.toHaveProperty('patient');
    expect(event).not.toHaveProperty('study');
  });

  it.each(['answered', 'abstained'] as const)('tell that the model %s', (decision) => {
    const finding: Dispatched['finding'] = {
      answer: { kind: 'classification', labels: [] },
      decision,
      confidence: {},
      evidence: [],
      warnings: [],
    };
    expect(told(completedEvent(subject(), newEventId(), AT, done(finding), HASH))).toMatchObject({ decision });
    expect(told(completedEvent(subject(), newEventId(), AT, done(), HASH))).not.toHaveProperty('decision');
  });
});
