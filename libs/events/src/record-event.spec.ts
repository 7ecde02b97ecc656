import { createHash } from 'node:crypto';
import { ZodError } from 'zod';
import { decodeEvent, encodeEvent, MAX_EVENT_BYTES } from './encode-event';
import { inputFields, newEventId, NAMED_INPUTS, type RecordEvent } from './record-event';

const HASH = createHash('sha256').update('x').digest('hex');

const event = (fields: Partial<RecordEvent> = {}): RecordEvent => ({
  id: newEventId(),
  schema: 1,
  request: newEventId(),
  event: 'completed',
  at: '2026-11-24T12:00:00.000Z',
  tenant: 'local',
  actor: newEventId(),
  ...fields,
});

describe('record events', () => {
  it('are written as canonical JSON: keys sorted, no spaces, the same bytes from any order of keys', () => {
    const one = event({ task: 'classify', model: { name: 'organ', version: '1', digest: `sha256:${HASH}` } });
    const turned = Object.fromEntries(Object.entries(one).reverse()) as RecordEvent;
    const text = encodeEvent(one).toString();
    expect(text.startsWith('{"actor":')).toBe(true);
    expect(encodeEvent(turned).toString()).toBe(text);
    expect(decodeEvent(Buffer.from(text))).toEqual(one);
  });

  it.each([
    ['free text', { note: 'Patient Jane Doe' }],
    ['a name with spaces where a word belongs', { task: 'Jane Doe' }],
    ['a reason that is a sentence', { reason: 'it broke' }],
    ['a hash that is none', { outputSha256: 'abc' }],
    ['a local time', { at: '2026-11-24T12:00:00+01:00' }],
    ['a random id as event id', { id: '3f0c1b7e-1d2a-4c3b-9a8f-0123456789ab' }],
  ])('refuse %s', (_, fields) => {
    expect(() => encodeEvent({ ...event(), ...fields } as RecordEvent)).toThrow(ZodError);
  });

  it('stay below 65,535 bytes with as many inputs as can be named', () => {
    const hashes = Array.from({ length: NAMED_INPUTS }, () => HASH);
    expect(encodeEvent(event(inputFields(hashes))).length).toBeLessThan(MAX_EVENT_BYTES);
  });

  it('name more inputs than that by their number and one hash', () => {
    const hashes = Array.from({ length: NAMED_INPUTS + 1 }, () => HASH);
    const all = createHash('sha256')
      .update(`${HASH}\n`.repeat(NAMED_INPUTS + 1))
      .digest('hex');
    expect(inputFields(hashes)).toEqual({ inputCount: NAMED_INPUTS + 1, inputsSha256: all });
  });
});
