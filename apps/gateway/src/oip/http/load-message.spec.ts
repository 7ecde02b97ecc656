import { loadOf } from './load-message';

const file = (name: string, content: unknown = 'eA==') => loadOf({ [`file:${name}`]: content as string });

describe('the parameters of a load', () => {
  it('hold the configuration and the files of the model', () => {
    expect(
      loadOf({ config: '{"max_batch_size":2}', 'file:1/model.onnx': 'AAEC', 'file:2/parts/weights.bin': '' }),
    ).toEqual({
      configJson: '{"max_batch_size":2}',
      files: { '1/model.onnx': Buffer.from([0, 1, 2]), '2/parts/weights.bin': Buffer.alloc(0) },
    });
    expect(loadOf({})).toEqual({ configJson: undefined, files: undefined });
  });

  it.each([
    '1/../../../escape.onnx',
    '1/..',
    '1/./model.onnx',
    '/1/model.onnx',
    '1//model.onnx',
    '1/model.onnx/',
    '1',
    'one/model.onnx',
    '../1/model.onnx',
    String.raw`1\model.onnx`,
    '1/a\0b',
    '',
  ])('are refused with the file name %j', (name) => {
    expect(() => file(name)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it.each<[unknown]>([['%%%%'], ['a'], ['AA=A'], [7], [true]])('are refused with the content %j', (content) => {
    expect(() => file('1/model.onnx', content)).toThrow(
      expect.objectContaining({ reason: 'invalid_request' }) as Error,
    );
  });

  it('are refused where they say what nobody would heed', () => {
    expect(() => loadOf({ confg: '{}' })).toThrow(expect.objectContaining({ field: 'parameters' }) as Error);
  });

  it('are refused with a configuration that is no text', () => {
    expect(() => loadOf({ config: 1 })).toThrow(expect.objectContaining({ field: 'parameters.config' }) as Error);
  });
});
