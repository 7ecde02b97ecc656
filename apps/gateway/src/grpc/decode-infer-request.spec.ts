import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InferRequest } from '@medserve/contracts';
import { decodeInferRequest } from './decode-infer-request';

const refusal = (what: object): Error => expect.objectContaining(what) as Error;

/** A field that is there many times and holds nothing: two bytes each. */
const empties = (field: number, count: number): Uint8Array => {
  const pair = [(field << 3) | WireType.LengthDelimited, 0];
  return Uint8Array.from({ length: 2 * count }, (_, index) => pair[index % 2] ?? 0);
};

describe('the reader of native requests', () => {
  it('reads what generated code writes', () => {
    const request: InferRequest = {
      task: 'classify',
      modality: 'radiology',
      model: 'net:1',
      question: '',
      parameters: { threshold: 0.5 },
      requestClass: 1,
      deadlineMs: 500,
      allowMismatch: true,
      idempotencyKey: 'key',
      files: [{ mediaType: 'image/png', data: Buffer.from('png') }],
      tensors: [{ name: 'x', datatype: 'UINT8', shape: [1, 3], data: Buffer.from('abc') }],
    };
    expect(decodeInferRequest(Buffer.from(InferRequest.encode(request).finish()))).toEqual(request);
  });

  it.each([
    ['files', 10, 2_000],
    ['tensors', 11, 1_024],
  ])('takes so many %s and no more', (name, field, limit) => {
    expect(() => decodeInferRequest(empties(field, limit))).not.toThrow();
    expect(() => decodeInferRequest(empties(field, limit + 1))).toThrow(
      refusal({ reason: 'too_large', limit: `${name}: ${String(limit)}` }),
    );
  });

  it('refuses shapes and parameters that would fill the memory', () => {
    const shape = new BinaryWriter().uint32((3 << 3) | WireType.LengthDelimited).bytes(new Uint8Array(641));
    const tensor = new BinaryWriter().uint32((11 << 3) | WireType.LengthDelimited).bytes(shape.finish());
    expect(() => decodeInferRequest(tensor.finish())).toThrow(refusal({ reason: 'too_large', field: 'tensors.shape' }));
    const parameters = new BinaryWriter()
      .uint32((5 << 3) | WireType.LengthDelimited)
      .bytes(new Uint8Array((1 << 20) + 1));
    expect(() => decodeInferRequest(parameters.finish())).toThrow(
      refusal({ reason: 'too_large', field: 'parameters' }),
    );
  });
});
