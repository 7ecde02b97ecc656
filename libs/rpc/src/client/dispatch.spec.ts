import type { Decoded, GenerationRequest, Tensor } from '@medserve/clinical';
import { decodeFrame } from '../frame/codec';
import { tensorBytes } from '../frame/tensor-bytes';
import { decodeRequest, decodeResult, encodeRequest, encodeResult, type DispatchRequest } from './dispatch';

const request = (input: DispatchRequest['input']): DispatchRequest => ({
  id: 'r1',
  tenant: 'clinic',
  task: 'classify',
  modality: 'radiology',
  model: { name: 'organ', version: '2' },
  class: 'stat',
  deadlineMs: 1_500,
  parameters: { threshold: 0.5 },
  question: 'what is it?',
  outputs: ['y'],
  affinityKey: 'image',
  wantsDecision: true,
  wantsDeltas: true,
  costUnits: 12,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  input,
});
const there = (value: DispatchRequest) => decodeRequest(decodeFrame(encodeRequest(value, true).toBuffer()));

const picture: Decoded = {
  kind: 'picture',
  width: 3,
  height: 2,
  channels: 1,
  sampleType: 'int16',
  samples: Int16Array.of(-5, 4, 3, 2, 1, 0),
  rescale: { slope: 1, intercept: -1024, unit: 'HU' },
};
const tensors: Tensor[] = [
  { name: 'a', datatype: 'FP32', shape: [2], data: Float32Array.of(1, 2) },
  { name: 'b', datatype: 'INT64', shape: [1, 1], data: BigInt64Array.of(7n) },
];

describe('a dispatched request', () => {
  it('arrives as it was sent, image or tensors', () => {
    expect(there(request({ kind: 'decoded', decoded: picture }))).toEqual(
      request({ kind: 'decoded', decoded: picture }),
    );
    expect(there(request({ kind: 'tensors', tensors }))).toEqual(request({ kind: 'tensors', tensors }));
  });

  it('arrives as it was sent, conversation or texts', () => {
    const asked: GenerationRequest = {
      turns: [
        {
          role: 'user',
          parts: [
            { kind: 'image', image: 0 },
            { kind: 'text', text: 'Which side? \u{1fac1}' },
          ],
        },
      ],
      sampling: { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 },
      stop: [],
      choices: 1,
      format: { kind: 'text' },
      tools: [],
      toolChoice: 'none',
      parallelToolCalls: true,
    };
    const conversation = request({ kind: 'generation', request: asked, images: [picture, picture] });
    expect(there(conversation)).toEqual(conversation);
    expect(there(request({ kind: 'texts', texts: ['an effusion', [1, 2]] }))).toEqual(
      request({ kind: 'texts', texts: ['an effusion', [1, 2]] }),
    );
  });

  it('is refused when its samples are fewer than its header says', () => {
    const short = { ...picture, samples: Int16Array.of(1) };
    expect(() => there(request({ kind: 'decoded', decoded: short }))).toThrow(
      expect.objectContaining({ reason: 'invalid_request' }) as Error,
    );
  });

  it.each([[{ ...tensors[0], shape: [3] }], [{ ...tensors[0], shape: [-2] }], [{ ...tensors[0], datatype: 'BF16' }]])(
    'is refused when a tensor is not what it says',
    (tensor) => {
      expect(() => there(request({ kind: 'tensors', tensors: [tensor as Tensor] }))).toThrow(
        expect.objectContaining({ reason: 'invalid_request' }) as Error,
      );
    },
  );
});

describe('a result', () => {
  it('arrives as it was sent', () => {
    const result = {
      tensors,
      task: 'embed',
      model: { name: 'organ', version: '2', digest: 'sha256:00' },
      engine: 'fake',
      timings: { run: 1.5 },
      batch: { rows: 1, batchRows: 4, leads: true },
    };
    const frame = decodeFrame(encodeResult('r1', result).toBuffer());
    const received = { ...result, tensors: tensors.map(tensorBytes) };
    expect(frame.body?.$case === 'response' && decodeResult(frame.body.value, frame)).toEqual(received);
  });
});
