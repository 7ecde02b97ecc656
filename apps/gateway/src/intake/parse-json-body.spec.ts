import { parseJson, parseJsonRequest } from './parse-json-body';

const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const data = Buffer.from('pixels').toString('base64');

describe('the JSON form of a request', () => {
  it('gives files and wishes, with the defaults of what was not said', () => {
    const request = parseJsonRequest(body({ task: 'classify', inputs: [{ data, mediaType: 'image/png' }] }), 10);
    expect(request).toMatchObject({ task: 'classify', class: 'routine', allowMismatch: false });
    expect(request.inputs).toEqual([{ bytes: Buffer.from('pixels'), mediaType: 'image/png' }]);
  });

  it('keeps files that were sent before as what they are called, among the others', () => {
    const { inputs } = parseJsonRequest(body({ inputs: [{ ref: 'file-1' }, { data }] }), 10);
    expect(inputs).toEqual([{ ref: 'file-1' }, { bytes: Buffer.from('pixels') }]);
  });

  it.each<[string, unknown, string]>([
    ['an unknown member', { tusk: 'classify', inputs: [{ data }] }, 'tusk'],
    ['a class that is none', { class: 'soon', inputs: [{ data }] }, 'class'],
    ['a deadline in the past', { deadlineMs: 0, inputs: [{ data }] }, 'deadlineMs'],
    ['no inputs', { inputs: [] }, 'inputs'],
    ['data that is not base64', { inputs: [{ data: '%%%' }] }, 'inputs.0'],
  ])('names the field of %s', (_name, value, field) => {
    try {
      parseJsonRequest(body(value), 10);
      throw new Error('it was accepted');
    } catch (error) {
      expect(error).toMatchObject({ reason: 'invalid_request', field: expect.stringContaining(field) as string });
    }
  });

  it('is in UTF-8', () => {
    expect(parseJson(Buffer.from('{"a":"ä心"}'))).toEqual({ a: 'ä心' });
    for (const bytes of [Buffer.from('{"a":"ä"}', 'latin1'), Buffer.from('7b2261223a22eda080227d', 'hex')])
      expect(() => parseJson(bytes)).toThrow(
        expect.objectContaining({
          reason: 'invalid_request',
          message: expect.stringContaining('UTF-8') as string,
        }) as Error,
      );
  });

  it.each(['http://127.0.0.1/', 'file:///proc/self/environ', 'file-../x', 'file-', ''])(
    'takes %j for no file',
    (ref) => {
      expect(() => parseJsonRequest(body({ inputs: [{ ref }] }), 10)).toThrow(
        expect.objectContaining({ reason: 'invalid_request' }) as Error,
      );
    },
  );

  it('refuses more files than allowed, naming the limit', () => {
    expect(() => parseJsonRequest(body({ inputs: Array(11).fill({ data }) }), 10)).toThrow(
      expect.objectContaining({ reason: 'too_large', limit: 'files: 10' }) as Error,
    );
  });

  it('refuses nesting before it parses, and is not fooled by brackets in strings', () => {
    const deep = Buffer.from('['.repeat(100_000));
    expect(() => parseJson(deep)).toThrow(
      expect.objectContaining({ reason: 'invalid_request', limit: 'depth: 64' }) as Error,
    );
    const text = '\\"[{'.repeat(100);
    expect(parseJson(body({ text }))).toEqual({ text });
  });

  it('counts values before it parses, and files before it looks at them', () => {
    const many = Buffer.from(`{"inputs":[${'0,'.repeat(100_000)}`);
    expect(() => parseJsonRequest(many, 10)).toThrow(
      expect.objectContaining({ reason: 'too_large', limit: 'JSON: 65536 values' }) as Error,
    );
    expect(() => parseJsonRequest(body({ inputs: Array(11).fill(0) }), 10)).toThrow(
      expect.objectContaining({ reason: 'too_large', limit: 'files: 10' }) as Error,
    );
  });
});
