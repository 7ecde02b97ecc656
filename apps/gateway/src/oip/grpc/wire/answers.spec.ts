import { ModelInferResponse, ModelStreamInferResponse } from '@medserve/contracts/oip';
import fc from 'fast-check';
import type { OipAnswer } from '../../ports';
import { encodeAnswer, encodeStreamAnswer, encodeStreamError } from './answers';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const answers: fc.Arbitrary<OipAnswer> = fc.record({
  requestId: fc.uuid(),
  model: text,
  version: text,
  id: fc.option(text, { nil: undefined }),
  outputs: fc.array(
    fc.record({
      name: text,
      datatype: fc.constantFrom('FP32' as const, 'BYTES' as const),
      shape: fc.array(fc.nat(), { maxLength: 4 }),
      bytes: fc.uint8Array({ maxLength: 300 }),
    }),
    { maxLength: 3 },
  ),
  serverTiming: fc.constant(''),
});

const response = (answer: OipAnswer, parameters: ModelInferResponse['parameters'] = {}): ModelInferResponse => ({
  modelName: answer.model,
  modelVersion: answer.version,
  id: answer.id ?? '',
  parameters,
  outputs: answer.outputs.map(({ name, datatype, shape }) => ({
    name,
    datatype,
    shape: [...shape],
    parameters: {},
    contents: undefined,
  })),
  rawOutputContents: answer.outputs.map(({ bytes }) => Buffer.from(bytes)),
});

describe('the writer of answers', () => {
  it('writes what generated code reads', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        expect(ModelInferResponse.decode(encodeAnswer(answer).toBuffer())).toEqual(response(answer));
      }),
    );
  });

  it('writes the entries of a stream', () => {
    const parameters = {
      final: { parameterChoice: { $case: 'boolParam', value: true } },
      note: { parameterChoice: { $case: 'stringParam', value: 'ü' } },
    } as const;
    fc.assert(
      fc.property(answers, (answer) => {
        const bytes = encodeStreamAnswer(answer, { final: true, note: 'ü' }).toBuffer();
        expect(ModelStreamInferResponse.decode(bytes)).toEqual({
          errorMessage: '',
          inferResponse: response(answer, parameters),
        });
      }),
    );
  });

  it('says of which request an error is', () => {
    const entry = ModelStreamInferResponse.decode(encodeStreamError('Refused.', 'seven', { final: true }).toBuffer());
    expect(entry.errorMessage).toBe('Refused.');
    expect(entry.inferResponse).toMatchObject({
      id: 'seven',
      parameters: { final: { parameterChoice: { $case: 'boolParam', value: true } } },
    });
  });

  it('does not copy payloads', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const answer: OipAnswer = {
      requestId: '',
      model: 'm',
      version: '1',
      id: undefined,
      outputs: [{ name: 'x', datatype: 'UINT8', shape: [3], bytes }],
      serverTiming: '',
    };
    expect(encodeAnswer(answer).parts).toContain(bytes);
  });
});
