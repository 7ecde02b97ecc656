import type { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { parseInference } from './inference-message';
import { parseRawInference } from './raw-message';

const input = (more: object = {}) => ({ name: 'x', shape: [1, 2], datatype: 'INT16', ...more });
const sized = (size: unknown, more: object = {}) => input({ parameters: { binary_data_size: size }, ...more });
const parse = (document: unknown, binary: Buffer = Buffer.alloc(0)) => {
  const json = Buffer.from(JSON.stringify(document));
  return parseInference(Buffer.concat([json, binary]), json.length);
};
const refusal = (parsing: () => unknown): ServingError => {
  try {
    parsing();
  } catch (error) {
    return error as ServingError;
  }
  throw new Error('it was taken');
};

const REFUSED: readonly (readonly [name: string, document: unknown, binary?: Buffer])[] = [
  ['a size beyond the body', { inputs: [sized(5)] }, Buffer.alloc(4)],
  ['bytes beyond all sizes', { inputs: [sized(4)] }, Buffer.alloc(5)],
  ['a size that the shape does not need', { inputs: [sized(2)] }, Buffer.alloc(2)],
  ['a negative size', { inputs: [sized(-4)] }, Buffer.alloc(4)],
  ['a size that is a text', { inputs: [sized('4')] }, Buffer.alloc(4)],
  ['a size that is no whole number', { inputs: [sized(3.5)] }, Buffer.alloc(4)],
  ['both data and a size', { inputs: [sized(4, { data: [1, 2] })] }, Buffer.alloc(4)],
  ['neither data nor a size', { inputs: [input()] }],
  ['bytes that nobody speaks of', { inputs: [input({ data: [1, 2] })] }, Buffer.alloc(1)],
  ['a negative dimension', { inputs: [input({ shape: [-1, -2], data: [1, 2] })] }],
  ['a negative dimension of bytes', { inputs: [sized(4, { shape: [-1, -2] })] }, Buffer.alloc(4)],
  ['a shape beyond all numbers', { inputs: [sized(4, { shape: [2 ** 52, 2 ** 52] })] }, Buffer.alloc(4)],
  ['dimensions beyond measure behind one of zero', { inputs: [sized(0, { shape: [2 ** 52, 2 ** 52, 0] })] }],
  ['such dimensions of JSON', { inputs: [input({ shape: [2 ** 52, 0], data: [] })] }],
  [
    'too many parameters',
    {
      inputs: [input({ data: [1, 2] })],
      parameters: Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`p${String(index)}`, 1])),
    },
  ],
  ['a shape that is none', { inputs: [input({ shape: 'x', data: [1, 2] })] }],
  ['no inputs', { inputs: [] }],
  ['no list of inputs', { id: '7' }],
  ['an id that is no text', { id: 7, inputs: [input({ data: [1, 2] })] }],
  ['a parameter that is a list', { inputs: [input({ data: [1, 2] })], parameters: { a: [] } }],
  ['a reserved parameter', { inputs: [input({ data: [1, 2] })], parameters: { triton_mine: 1 } }],
  [
    'fewer than no classes',
    { inputs: [input({ data: [1, 2] })], outputs: [{ name: 'y', parameters: { classification: -1 } }] },
  ],
  [
    'a flag that is none',
    { inputs: [input({ data: [1, 2] })], outputs: [{ name: 'y', parameters: { binary_data: 1 } }] },
  ],
  ['a list', []],
  ['a number', 7],
  ['too many inputs', { inputs: Array.from({ length: 1_025 }, () => input({ data: [1, 2] })) }],
];

describe('an inference request over HTTP', () => {
  it('takes its tensors from JSON and from the bytes behind it, in the order of the inputs', () => {
    const { request } = parse(
      {
        id: 'visit-7 ü €',
        inputs: [sized(4, { name: 'a' }), input({ name: 'b', data: [3, 4] }), sized(4, { name: 'c' })],
      },
      Buffer.from(Int16Array.of(1, 2, 5, 6).buffer),
    );
    expect(request.id).toBe('visit-7 ü €');
    expect(request.inputs.map(({ name, bytes }) => [name, ...new Int16Array(Uint8Array.from(bytes).buffer)])).toEqual([
      ['a', 1, 2],
      ['b', 3, 4],
      ['c', 5, 6],
    ]);
  });

  it('says of each output whether it comes back as bytes', () => {
    const inputs = [input({ data: [1, 2] })];
    const outputs = [
      { name: 'a', parameters: { binary_data: false } },
      { name: 'b' },
      { name: 'c', parameters: { classification: 3 } },
      { name: 'd', parameters: { classification: 0 } },
    ];
    const { request, isBinary } = parse({ inputs, outputs, parameters: { binary_data_output: true } });
    expect(['a', 'b', 'any'].map(isBinary)).toEqual([false, true, true]);
    expect(request.outputs).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c', classes: 3 }, { name: 'd' }]);
    expect(parse({ inputs }).isBinary('a')).toBe(false);
  });

  it('reads what its parameters mean', () => {
    const parameters = { priority: 1, timeout: 2_000_000, sequence_id: 'visit', text: 'a', flag: true };
    expect(parse({ inputs: [input({ data: [1, 2] })], parameters }).request).toMatchObject({
      class: 'stat',
      deadlineMs: 2_000,
      affinityKey: 'visit',
    });
  });

  it.each(REFUSED.map(([name, document, binary = Buffer.alloc(0)]) => [name, document, binary] as const))(
    'is refused with %s',
    (_name, document, binary) => {
      expect(refusal(() => parse(document, binary))).toMatchObject({ reason: 'invalid_request' });
    },
  );

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half of it', Buffer.from('{"inputs"')],
    ['bytes that are not UTF-8', Buffer.from('{"id":"\xff"}', 'latin1')],
    ['endless nesting', Buffer.from(`{"inputs":${'['.repeat(100_000)}`)],
  ])('is refused when its JSON is %s', (_name, body) => {
    expect(refusal(() => parseInference(body, body.length))).toMatchObject({ reason: 'invalid_request' });
  });

  it('has no tensors in shared memory', () => {
    const parameters = { shared_memory_region: 'r', shared_memory_byte_size: 4 };
    expect(refusal(() => parse({ inputs: [input({ parameters })] })).reason).toBe('unsupported');
  });

  it('is taken or refused for what it is, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ maxLength: 8 }), (json, tail) => {
        const text = Buffer.from(`{"inputs":[{"name":"x","datatype":"UINT8","shape":[1],"data":${json}}]}`);
        try {
          parseInference(Buffer.concat([text, tail]), text.length);
        } catch (error) {
          expect((error as ServingError).reason).toBe('invalid_request');
        }
      }),
    );
  });
});

describe('a request that is nothing but bytes', () => {
  const input = (datatype: string, ...shape: number[]) => ({ name: 'x', datatype, shape });
  const rows = (datatype: string, ...shape: number[]) => ({ inputs: [input(datatype, ...shape)], maxBatchSize: 8 });
  const whole = (datatype: string, ...shape: number[]) => ({ inputs: [input(datatype, ...shape)], maxBatchSize: 0 });

  it.each([
    ['one row, where the model takes rows', rows('FP32', -1, 4), 16, [1, 4]],
    ['one row, whose one free dimension it fills', rows('FP32', -1, -1), 12, [1, 3]],
    ['what fills the one free dimension, where it takes none', whole('FP32', -1, 4), 32, [2, 4]],
    ['what fills a fixed shape', whole('FP32', 2, 2), 16, [2, 2]],
  ])('is %s', (_name, model, size, shape) => {
    const { request, isBinary } = parseRawInference(Buffer.alloc(size), model);
    expect(request.inputs).toMatchObject([{ name: 'x', datatype: 'FP32', shape }]);
    expect(isBinary('any')).toBe(true);
  });

  it.each([rows('BYTES', -1, 1), rows('BYTES', -1, -1), whole('BYTES', 1, -1)])(
    'is one element where the input takes texts',
    (model) => {
      const { request } = parseRawInference(Buffer.from('abc'), model);
      expect(request.inputs).toMatchObject([{ shape: [1, 1], bytes: Buffer.from('\x03\x00\x00\x00abc') }]);
    },
  );

  it.each([
    ['two inputs', 16, { inputs: [input('FP32', -1, 4), input('FP32', -1, 4)], maxBatchSize: 8 }],
    ['none', 16, { inputs: [], maxBatchSize: 8 }],
    ['two free dimensions', 16, whole('FP32', -1, -1)],
    ['two free dimensions of a row', 16, rows('FP32', -1, -1, -1)],
    ['rows that are half as long', 32, rows('FP32', -1, 4)],
    ['half a step', 24, whole('FP32', -1, 4)],
    ['half a number', 15, rows('FP32', -1, 4)],
    ['too few for a fixed shape', 32, whole('FP32', 1, 4)],
  ])('is refused for a model with %s', (_name, size, model) => {
    expect(refusal(() => parseRawInference(Buffer.alloc(size), model)).reason).toBe('invalid_request');
  });

  it('refuses more values than are worth parsing, and counts them first', () => {
    const json = Buffer.from(`[${'0,'.repeat(2 * 1024 * 1024)}`);
    expect(refusal(() => parseInference(json, json.length))).toMatchObject({
      reason: 'too_large',
      limit: 'JSON: 2097152 values',
    });
  });

  it('refuses more members than are worth parsing, and counts them first', () => {
    const json = Buffer.from(`{"parameters":{${'"p":0,'.repeat(128 * 1024)}`);
    expect(refusal(() => parseInference(json, json.length))).toMatchObject({
      reason: 'too_large',
      limit: 'JSON: 131072 members',
    });
  });

  it('reads fewer values once more for integers beyond 2^53', () => {
    const count = 512 * 1024;
    const json = Buffer.from(
      `{"inputs":[{"name":"x","datatype":"INT64","shape":[${String(count)}],"data":[${'1,'.repeat(count - 1)}9007199254740993]}]}`,
    );
    expect(refusal(() => parseInference(json, json.length))).toMatchObject({
      reason: 'too_large',
      limit: 'JSON: 524288 values beside integers beyond 2^53',
    });
  });

  it('refuses JSON that is too large, whatever it says', () => {
    const json = Buffer.alloc(16 * 1024 * 1024 + 1, 'x');
    expect(refusal(() => parseInference(json, json.length))).toMatchObject({
      reason: 'too_large',
      limit: 'JSON: 16777216 bytes',
    });
  });

  it('takes a hundred thousand numbers and a megabyte of text', () => {
    const numbers = { name: 'x', shape: [100_000], datatype: 'FP32', data: new Array(100_000).fill(0.5) };
    const text = { name: 'y', shape: [1], datatype: 'BYTES', data: ['x'.repeat(1 << 20)] };
    expect(parse({ inputs: [numbers, text] }).request.inputs.map(({ bytes }) => bytes.byteLength)).toEqual([
      400_000,
      4 + (1 << 20),
    ]);
  });
});
