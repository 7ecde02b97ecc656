import { Frame } from '@medserve/contracts';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, peekFrame } from './codec';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const count = fc.nat({ max: 0xffffffff });

const routing = fc.record({
  model: text,
  version: text,
  task: text,
  modality: text,
  requestClass: fc.constantFrom(0, 1, 2, 3, 4),
  deadlineMs: count,
  tenant: text,
  wantsProgress: fc.boolean(),
  affinityKey: text,
  wantsDecision: fc.boolean(),
  wantsDeltas: fc.boolean(),
  costUnits: fc.nat(0xffffffff),
  traceparent: text,
});
const tensors = fc.record({
  headers: fc.array(fc.record({ name: text, datatype: text, shape: fc.array(fc.nat(), { maxLength: 5 }) }), {
    maxLength: 4,
  }),
});
const body = fc.oneof(
  fc.record({
    $case: fc.constant('request' as const),
    value: fc.record({
      routing: fc.option(routing, { nil: undefined }),
      parametersJson: text,
      question: text,
      input: fc.oneof(
        fc.record({ $case: fc.constant('tensors' as const), value: tensors }),
        fc.record({ $case: fc.constant('decodedJson' as const), value: text }),
        fc.constant(undefined),
      ),
      outputs: fc.array(text, { maxLength: 3 }),
    }),
  }),
  fc.record({
    $case: fc.constant('response' as const),
    value: fc.record({
      findingJson: text,
      tensors: fc.option(tensors, { nil: undefined }),
      task: text,
      model: text,
      version: text,
      digest: text,
      engine: text,
      timings: fc.array(fc.record({ name: text, milliseconds: fc.double({ noNaN: true }).map((value) => value + 0) }), {
        maxLength: 3,
      }),
      rows: count,
      batchRows: count,
      leadsBatch: fc.boolean(),
      generationJson: fc.string(),
    }),
  }),
  fc.record({
    $case: fc.constant('progress' as const),
    value: fc.record({ phase: text, percent: count, expectedMs: count }),
  }),
  fc.record({
    $case: fc.constant('failure' as const),
    value: fc.record({ reason: text, detail: text, field: text, limit: text, remedy: text, retryAfterMs: count }),
  }),
  fc.record({ $case: fc.constant('cancel' as const), value: fc.constant({}) }),
  fc.constant(undefined),
);
const frames: fc.Arbitrary<Frame> = fc.record({
  id: text,
  body,
  raw: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
  decisionJson: fc.constant(''),
});

/** What the wire keeps of a frame: -0 and plain arrays of either codec compare equal. */
const plain = (frame: Frame) => ({ ...frame, raw: frame.raw.map((bytes) => [...bytes]) });

describe('the frame codec', () => {
  it('writes what the generated codec reads', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(plain(Frame.decode(encodeFrame(frame).toBuffer()))).toEqual(plain(frame));
      }),
    );
  });

  it('reads what the generated codec writes', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(plain(decodeFrame(Frame.encode(frame).finish()))).toEqual(plain(frame));
      }),
    );
  });

  it('keeps payloads as views that lie on 16 bytes behind the gRPC prefix', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const received = Buffer.concat([Buffer.alloc(5), encodeFrame(frame).toBuffer()]).subarray(5);
        for (const [index, view] of decodeFrame(received).raw.entries()) {
          expect(view.buffer).toBe(received.buffer);
          if (view.byteLength > 0) expect((view.byteOffset - received.byteOffset + 5) % 16).toBe(0);
          expect([...view]).toEqual([...(frame.raw[index] ?? [])]);
        }
      }),
    );
  });

  it('peeks the same id, kind and routing as it decodes', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const wanted = {
          id: frame.id,
          kind: frame.body?.$case,
          routing: frame.body?.$case === 'request' ? frame.body.value.routing : undefined,
        };
        expect(peekFrame(encodeFrame(frame).toBuffer())).toEqual(wanted);
        expect(peekFrame(Frame.encode(frame).finish())).toEqual(wanted);
      }),
    );
  });

  it('meets arbitrary bytes with a typed error or a frame, never with anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        for (const read of [decodeFrame, peekFrame]) {
          try {
            expect(read(bytes)).toHaveProperty('id');
          } catch (error) {
            expect(error).toMatchObject({ reason: 'invalid_request' });
          }
        }
      }),
    );
  });
});
