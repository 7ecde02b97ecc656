import { BinaryReader } from '@bufbuild/protobuf/wire';
import { encodeModelConfig } from './model-config';

/** Field numbers of the first level, in order, with the lengths of what is in them left out. */
function fieldsOf(bytes: Uint8Array): number[] {
  const reader = new BinaryReader(bytes);
  const fields: number[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    fields.push(field);
    reader.skip(wireType, field);
  }
  return fields;
}

function configOf(json: Record<string, unknown>): Uint8Array {
  const reader = new BinaryReader(encodeModelConfig(json).toBuffer());
  expect(reader.tag()[0]).toBe(1);
  return reader.bytes();
}

describe('a model configuration on the wire', () => {
  it("has Triton's field numbers", () => {
    const config = configOf({
      name: 'net',
      platform: 'onnxruntime_onnx',
      backend: 'onnxruntime',
      version_policy: { latest: { num_versions: 1 } },
      max_batch_size: 8,
      input: [{ name: 'x', data_type: 'TYPE_FP32', dims: ['16'] }],
      output: [{ name: 'y', data_type: 'TYPE_STRING', dims: [-1] }],
      instance_group: [{ count: 1, kind: 'KIND_CPU' }],
      dynamic_batching: { max_queue_delay_microseconds: 1000 },
      default_model_filename: 'model.onnx',
      parameters: { key: { string_value: 'v' } },
      response_cache: { enable: true },
    });
    expect(fieldsOf(config).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 17, 24]);
  });

  it('leaves out what the protocol does not know', () => {
    expect(configOf({ name: 'net', of_ours: { x: 1 }, input: [{ name: 'x', data_type: 'TYPE_OF_OURS' }] })).toEqual(
      configOf({ name: 'net', input: [{ name: 'x' }] }),
    );
  });

  it.each([
    ['a list where there is to be none', { optimization: [] }],
    ['one where there is to be a list', { model_warmup: { name: 'w' } }],
    ['a number that is too large', { instance_group: [{ count: 2 ** 40 }] }],
  ])('leaves out a field that is not of its type, and no other: %s', (_, wrong) => {
    expect(configOf({ name: 'net', ...wrong, max_batch_size: 8 })).toEqual(
      configOf({ name: 'net', max_batch_size: 8 }),
    );
  });
});
