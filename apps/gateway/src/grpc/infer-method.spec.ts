import { InferResponse } from '@medserve/contracts';
import fc from 'fast-check';
import { encodeInferResponse } from './infer-method';

describe('the answer of the native Infer', () => {
  it('is what the generated encoder makes of it, whatever is in it', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const tensor = fc.record({
      name: fc.string(),
      datatype: fc.constantFrom('FP32', 'BYTES', ''),
      shape: fc.array(fc.nat(), { maxLength: 4 }),
      data: bytes,
    });
    const response = fc.record({ id: fc.string(), answer: bytes, tensors: fc.array(tensor, { maxLength: 4 }) });
    fc.assert(
      fc.property(response, (value) => {
        const expected = InferResponse.encode(value).finish();
        expect(new Uint8Array(encodeInferResponse(value).toBuffer())).toEqual(new Uint8Array(expected));
      }),
    );
  });
});
