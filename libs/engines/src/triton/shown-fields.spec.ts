import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  ScalarType,
  type DescField,
  type DescMessage,
  type JsonValue,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { DESCRIPTOR_SET_PATH } from '@medserve/contracts';
import { withProtoNames } from './field-names';
import { modelConfigSchema } from './model-config';
import { parseTextFormat } from './text-format';

const parse = (config: string) => modelConfigSchema.parse(parseTextFormat(config));

/** Fields of one `oneof` exclude each other: the first of each is written. */
const isWritten = (field: DescField): boolean => field.oneof === undefined || field.oneof.fields[0] === field;

const scalar = (type: ScalarType | undefined): string =>
  type === ScalarType.STRING ? '"1"' : type === ScalarType.BOOL ? 'true' : '1';

/** A message in the text format with each of its fields once: nothing in it says whether a field repeats. */
const written = ({ fields }: DescMessage): string => fields.filter(isWritten).map(writtenField).join(' ');

function writtenField(field: DescField): string {
  const { name, message, scalar: type } = field;
  if (field.fieldKind === 'map') {
    const value = message === undefined ? `: ${scalar(type)}` : ` { ${written(message)} }`;
    return `${name} { key: ${scalar(field.mapKey)} value${value} }`;
  }
  return message === undefined ? `${name}: ${scalar(type)}` : `${name} { ${written(message)} }`;
}

describe('fields of a configuration that are shown as they were given', () => {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(DESCRIPTOR_SET_PATH));
  const schema = createFileRegistry(set).getMessage('inference.ModelConfig');
  if (schema === undefined) throw new Error('no ModelConfig');

  it.each(['optimization', 'dynamic_batching', 'model_warmup', 'response_cache', 'parameters', 'metric_tags'] as const)(
    'have the form that the JSON mapping of protobuf gives them, each with all that Triton knows: %s',
    (name) => {
      const field = schema.fields.find((one) => one.name === name);
      if (field === undefined) throw new Error('no such field');
      const shown = JSON.parse(JSON.stringify({ [name]: parse(writtenField(field))[name] })) as JsonValue;
      expect(() => fromJson(schema, shown)).not.toThrow();
      expect(modelConfigSchema.parse(withProtoNames(shown))[name]).toEqual(parse(writtenField(field))[name]);
    },
  );

  it('are lists where they repeat, objects where they are maps, and names where they are enums', () => {
    expect(
      parse(`
        model_warmup [{ name: "w" batch_size: 1 inputs { key: "x" value { data_type: 11 dims: 4 zero_data: true } } }]
        optimization { priority: 1 execution_accelerators { gpu_execution_accelerator {
          name: "tensorrt" parameters { key: "precision_mode" value: "FP16" } parameters { key: "level" value: "3" } } } }
        dynamic_batching { priority_levels: 2 priority_queue_policy { key: 1 value { timeout_action: DELAY } } }`),
    ).toMatchObject({
      model_warmup: [{ name: 'w', inputs: { x: { data_type: 'TYPE_FP32', dims: [4], zero_data: true } } }],
      optimization: {
        priority: 'PRIORITY_MAX',
        execution_accelerators: {
          gpu_execution_accelerator: [{ name: 'tensorrt', parameters: { precision_mode: 'FP16', level: '3' } }],
        },
      },
      dynamic_batching: { priority_levels: 2, priority_queue_policy: { '1': { timeout_action: 'DELAY' } } },
    });
  });
});

describe('values of a configuration', () => {
  it('may be numbers where they are of an enum', () => {
    expect(
      parse('input { name: "x" data_type: 11 format: 2 dims: 4 } instance_group { kind: 1 count: 2 }'),
    ).toMatchObject({
      input: [{ data_type: 'TYPE_FP32', format: 'FORMAT_NCHW' }],
      instance_group: [{ kind: 'KIND_GPU', count: 2 }],
    });
  });

  it.each(['input { name: "x" data_type: 15 }', 'input { name: "x" data_type: -1 }', 'instance_group { kind: 1.5 }'])(
    'are none of an enum by a number that it has not: %s',
    (config) => {
      expect(modelConfigSchema.safeParse(parseTextFormat(config)).success).toBe(false);
    },
  );

  it('may be any of the words for true and false', () => {
    const enabled = ['true', 'True', 't', '1', 'false', 'f', '0'].map(
      (word) => parse(`response_cache { enable: ${word} }`).response_cache?.enable,
    );
    expect(enabled).toEqual([true, true, true, true, false, false, false]);
  });
});
