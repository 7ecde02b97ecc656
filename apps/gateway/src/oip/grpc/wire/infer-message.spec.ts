import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ModelInferRequest, type InferParameter } from '@medserve/contracts/oip';
import fc from 'fast-check';
import { decodeInferMessage, type InferMessage } from './infer-message';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const whole = fc.maxSafeInteger();
const value: fc.Arbitrary<InferParameter['parameterChoice']> = fc.oneof(
  fc.record({ $case: fc.constant('boolParam' as const), value: fc.boolean() }),
  fc.record({ $case: fc.constant('int64Param' as const), value: whole }),
  fc.record({ $case: fc.constant('stringParam' as const), value: text }),
  fc.record({ $case: fc.constant('doubleParam' as const), value: fc.double() }),
  fc.record({ $case: fc.constant('uint64Param' as const), value: fc.maxSafeNat() }),
);
const parameters = fc.dictionary(
  text.filter((name) => name !== '__proto__'),
  value.map((parameterChoice) => ({ parameterChoice })),
  { maxKeys: 3 },
);
const request = fc.record({
  modelName: text,
  modelVersion: text,
  id: text,
  parameters,
  inputs: fc.array(
    fc.record({
      name: text,
      datatype: text,
      shape: fc.array(whole, { maxLength: 5 }),
      parameters,
      contents: fc.constant(undefined),
    }),
    { maxLength: 3 },
  ),
  outputs: fc.array(fc.record({ name: text, parameters }), { maxLength: 3 }),
  rawInputContents: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
});

const plain = (parameters: ModelInferRequest['parameters']) =>
  new Map(Object.entries(parameters).map(([name, { parameterChoice }]) => [name, parameterChoice?.value]));

const encode = (message: Partial<ModelInferRequest>): Uint8Array =>
  ModelInferRequest.encode({
    modelName: '',
    modelVersion: '',
    id: '',
    parameters: {},
    inputs: [],
    outputs: [],
    rawInputContents: [],
    ...message,
  }).finish();

const bytesOf = (views: InferMessage['raw']): number[][] => views.map((view) => [...view]);

const refusal = (what: object): Error => expect.objectContaining(what) as Error;

describe('the reader of ModelInferRequest', () => {
  it('reads what generated code writes', () => {
    fc.assert(
      fc.property(request, (message) => {
        const read = decodeInferMessage(encode(message));
        expect({ ...read, raw: bytesOf(read.raw) }).toEqual({
          model: message.modelName,
          version: message.modelVersion,
          id: message.id,
          parameters: plain(message.parameters),
          inputs: message.inputs.map(({ name, datatype, shape, parameters }) => ({
            name,
            datatype,
            // An encoder knows no negative zero.
            shape: shape.map((size) => size + 0),
            parameters: plain(parameters),
            contents: new Uint8Array(),
          })),
          outputs: message.outputs.map(({ name, parameters }) => ({ name, parameters: plain(parameters) })),
          raw: bytesOf(message.rawInputContents),
        });
      }),
    );
  });

  it('keeps payloads where they are', () => {
    const bytes = encode({ rawInputContents: [Uint8Array.of(1, 2, 3)] });
    expect(decodeInferMessage(bytes).raw[0]?.buffer).toBe(bytes.buffer);
  });

  it('reads shapes that are not packed, and contents that come in parts', () => {
    const input = new BinaryWriter();
    for (const size of [3, 4]) input.uint32((3 << 3) | WireType.Varint).int64(size);
    for (const part of [Uint8Array.of(1), Uint8Array.of(2)])
      input.uint32((5 << 3) | WireType.LengthDelimited).bytes(part);
    const bytes = new BinaryWriter()
      .uint32((5 << 3) | WireType.LengthDelimited)
      .bytes(input.finish())
      .finish();
    const [read] = decodeInferMessage(bytes).inputs;
    expect(read?.shape).toEqual([3, 4]);
    expect([...(read?.contents ?? [])]).toEqual([1, 2]);
  });

  it('passes over fields that it does not know, and known ones of another type', () => {
    const bytes = new BinaryWriter()
      .uint32((1 << 3) | WireType.Varint)
      .uint32(7)
      .uint32((99 << 3) | WireType.Bit64)
      .fixed64(1)
      .uint32((1 << 3) | WireType.LengthDelimited)
      .string('model')
      .finish();
    expect(decodeInferMessage(bytes).model).toBe('model');
  });

  it('keeps whole numbers that a double cannot hold', () => {
    const entry = new BinaryWriter()
      .uint32((1 << 3) | WireType.LengthDelimited)
      .string('big')
      .uint32((2 << 3) | WireType.LengthDelimited)
      .fork()
      .uint32((5 << 3) | WireType.Varint)
      .uint64(2n ** 64n - 1n)
      .join()
      .finish();
    const bytes = new BinaryWriter()
      .uint32((4 << 3) | WireType.LengthDelimited)
      .bytes(entry)
      .finish();
    expect(decodeInferMessage(bytes).parameters.get('big')).toBe(2n ** 64n - 1n);
  });

  it('refuses whatever is no such message, and nothing else goes wrong', () => {
    const broken = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(request.map(encode), fc.nat(), fc.nat({ max: 255 }))
        .map(([bytes, at, byte]) => bytes.with(bytes.length === 0 ? 0 : at % bytes.length, byte)),
    );
    fc.assert(
      fc.property(
        broken.filter((bytes) => bytes.length > 0),
        (bytes) => {
          try {
            decodeInferMessage(bytes);
          } catch (error) {
            expect(error).toEqual(
              refusal({ reason: expect.stringMatching(/^(invalid_request|too_large)$/) as string }),
            );
          }
        },
      ),
    );
  });

  it('refuses text that is not UTF-8', () => {
    const bytes = new BinaryWriter()
      .uint32((1 << 3) | WireType.LengthDelimited)
      .bytes(Uint8Array.of(0xff, 0xfe))
      .finish();
    expect(() => decodeInferMessage(bytes)).toThrow(refusal({ reason: 'invalid_request' }));
  });

  it.each([
    ['inputs', 5],
    ['outputs', 6],
    ['raw_input_contents', 7],
  ])('refuses %s without end', (name, field) => {
    const empty = [(field << 3) | WireType.LengthDelimited, 0];
    const bytes = Uint8Array.from({ length: 2_050 }, (_, index) => empty[index % 2] ?? 0);
    expect(() => decodeInferMessage(bytes)).toThrow(refusal({ reason: 'too_large', limit: `${name}: 1024` }));
  });

  it('joins contents that come in parts, and takes few of them', () => {
    const inParts = (count: number): Uint8Array => {
      const input = new BinaryWriter();
      for (let part = 0; part < count; part += 1)
        input.uint32((5 << 3) | WireType.LengthDelimited).bytes(Buffer.of(part));
      return new BinaryWriter()
        .uint32((5 << 3) | WireType.LengthDelimited)
        .bytes(input.finish())
        .finish();
    };
    expect([...(decodeInferMessage(inParts(3)).inputs[0]?.contents ?? [])]).toEqual([0, 1, 2]);
    expect(() => decodeInferMessage(inParts(65))).toThrow(
      expect.objectContaining({ reason: 'too_large', limit: 'parts of contents: 64' }) as Error,
    );
  });
});
