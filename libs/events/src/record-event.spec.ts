import { createHash } from 'node:crypto';
import { REASONS, type Reason } from '@medserve/errors';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { ZodError } from 'zod';
import { decodeEvent, encodeEvent, MAX_EVENT_BYTES } from './encode-event';
import { newEventId } from './event-id';
import { LABEL, SPACINGS, WARNING_CODES } from './observed';
import { CLASSES } from '@medserve/serving';
import { DOORS, inputFields, NAMED_INPUTS, recordEventSchema, type RecordEvent } from './record-event';

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

  it('are read without what only a later release says of them, which they are never written with', () => {
    const one = event({ task: 'classify' });
    const later = { ...one, floor: '3' };
    expect(decodeEvent(Buffer.from(JSON.stringify(later)))).toEqual(one);
    expect(() => encodeEvent(later)).toThrow(ZodError);
  });

  it.each(['_net', 'my model', 'resnet+unet', 'rés', 'net(v2)', '脳'.repeat(128)])(
    'name a model as its folder is called: %s',
    (name) => {
      const one = event({ model: { name, version: '1', digest: `sha256:${HASH}` } });
      expect(decodeEvent(encodeEvent(one))).toEqual(one);
    },
  );

  it.each([
    ['none', ''],
    ['129 characters', 'm'.repeat(129)],
    ['a line feed', 'net\nwork'],
    ['half a character', 'net\ud800'],
  ])('refuse a model’s name of %s', (_, name) => {
    expect(() => encodeEvent(event({ model: { name, version: '1', digest: `sha256:${HASH}` } }))).toThrow(ZodError);
  });

  it('stay below 65,535 bytes with as many inputs as can be named', () => {
    const hashes = Array.from({ length: NAMED_INPUTS }, () => HASH);
    expect(encodeEvent(event(inputFields(hashes))).length).toBeLessThan(MAX_EVENT_BYTES);
  });

  it('take no more than 1 kB to tell of an answer and its input', () => {
    const number = -1.2345678901234567e-300;
    const observed: RecordEvent['observed'] = {
      label: 'l'.repeat(64),
      scores: Array.from({ length: 16 }, () => 0.123),
      warnings: [...WARNING_CODES],
      input: {
        rows: 65_535,
        columns: 65_535,
        slices: 65_535,
        values: 'rescaled',
        mean: number,
        sd: 12_345.67,
        clipped: 0.123,
        spacing: 'microscopic',
      },
      scanner: 's'.repeat(64),
      runMs: 123_456.789,
    };
    const one = event({ observed });
    expect(encodeEvent(one).length - encodeEvent(event()).length).toBeLessThan(1_024);
    expect(decodeEvent(encodeEvent(one))).toEqual(one);
  });

  it('name more inputs than that by their number and one hash', () => {
    const hashes = Array.from({ length: NAMED_INPUTS + 1 }, () => HASH);
    const all = createHash('sha256')
      .update(`${HASH}\n`.repeat(NAMED_INPUTS + 1))
      .digest('hex');
    expect(inputFields(hashes)).toEqual({ inputCount: NAMED_INPUTS + 1, inputsSha256: all });
  });

  it('have the bytes that the schema and RFC 8785 give them, however they are written, and what the schema refuses is refused', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,20}$/);
    const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
    // Now and then anything at all in the place of what belongs there.
    const orWrong = (right: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: fc.anything() });
    const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(-0, 1e-7, 0.5));
    const someOf = <T>(item: fc.Arbitrary<T>) => fc.array(orWrong(item), { minLength: 1, maxLength: 4 });
    const facts = fc.record(
      {
        label: orWrong(fc.stringMatching(LABEL)),
        scores: orWrong(someOf(share)),
        warnings: orWrong(someOf(fc.constantFrom(...WARNING_CODES))),
        input: orWrong(
          fc.record({
            rows: orWrong(fc.integer({ min: 1 })),
            columns: orWrong(fc.integer({ min: 1 })),
            slices: orWrong(fc.integer({ min: 1 })),
            values: orWrong(fc.constantFrom('stored', 'rescaled')),
            mean: orWrong(fc.double({ noNaN: true, noDefaultInfinity: true })),
            sd: orWrong(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
            clipped: orWrong(share),
            spacing: orWrong(fc.constantFrom(...SPACINGS)),
          }),
        ),
        scanner: orWrong(fc.constantFrom('other', 'siemens:magnetom')),
        runMs: orWrong(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
        note: fc.constant('a member that there is not'),
      },
      { requiredKeys: [] },
    );
    const drawn = fc.record(
      {
        id: orWrong(fc.constant(null).map(() => newEventId())),
        schema: orWrong(fc.constant(1)),
        request: orWrong(fc.uuid()),
        event: orWrong(fc.constantFrom('accepted', 'completed', 'failed', 'cancelled', 'abandoned')),
        at: orWrong(
          fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(8e12) }).map((at) => at.toISOString()),
        ),
        tenant: orWrong(word),
        actor: orWrong(word),
        actorKind: orWrong(fc.constantFrom('key', 'client', 'user', 'service')),
        site: orWrong(word),
        department: orWrong(word),
        role: orWrong(word),
        purpose: orWrong(fc.constantFrom('TREAT', 'ETREAT', 'BTG')),
        patient: orWrong(hash),
        study: orWrong(hash),
        decision: orWrong(fc.constantFrom('answered', 'abstained')),
        task: orWrong(word),
        modality: orWrong(word),
        door: orWrong(fc.constantFrom(...DOORS)),
        expectedModel: orWrong(word),
        model: orWrong(fc.record({ name: orWrong(word), version: orWrong(word), digest: orWrong(word) })),
        inputs: orWrong(fc.array(orWrong(hash), { maxLength: 5 })),
        inputCount: orWrong(fc.integer({ min: 1 })),
        inputsSha256: orWrong(hash),
        outputSha256: orWrong(hash),
        observed: orWrong(facts),
        reason: orWrong(fc.constantFrom(...(Object.keys(REASONS) as Reason[]))),
        class: orWrong(fc.constantFrom(...CLASSES)),
        timings: orWrong(fc.dictionary(fc.constantFrom('runMs', 'queueMs'), fc.nat())),
        note: fc.constant('a member that there is not'),
      },
      { requiredKeys: ['id', 'schema', 'request', 'event', 'at', 'tenant', 'actor'] },
    );
    fc.assert(
      fc.property(drawn, (candidate) => {
        const parsed = recordEventSchema.safeParse(candidate);
        if (parsed.success) expect(encodeEvent(candidate as RecordEvent).toString()).toBe(canonicalize(parsed.data));
        else expect(() => encodeEvent(candidate as unknown as RecordEvent)).toThrow(ZodError);
      }),
      { numRuns: 2_000 },
    );
  });
});
