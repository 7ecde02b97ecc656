import { createHash } from 'node:crypto';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOnnx, sumAndDifferenceOnnx, writeOnnx, writeTritonModel, type Dimension } from '@medserve/testkit';
import { loadPackage } from '../repository/load-package';
import { scanModel, scanRepository } from '../repository/scan-repository';

let repository: string;
beforeEach(async () => {
  repository = await realpath(await mkdtemp(join(tmpdir(), 'medserve-triton-')));
});
afterEach(() => rm(repository, { recursive: true }));

const ROWS = identityOnnx('FP32', ['batch', 4]);
/** Says with `findings` which numbers of `images` are not zero: as many as there are, whatever the file calls that axis. */
const detector = (images: Dimension, findings: Dimension): Buffer =>
  writeOnnx({
    inputs: [{ name: 'images', type: 'FP32', shape: [images, 4] }],
    outputs: [{ name: 'findings', type: 'INT64', shape: [findings, 2] }],
    nodes: [
      { op: 'NonZero', inputs: ['images'], outputs: ['places'] },
      { op: 'Transpose', inputs: ['places'], outputs: ['findings'], attributes: { perm: [1, 0] } },
    ],
  });
const write = (name: string, config?: string, versions: Record<string, Buffer> = { '1': ROWS }) =>
  writeTritonModel(repository, { name, versions, ...(config === undefined ? {} : { config }) });

async function served(name: string, configJson?: string) {
  const { packages, broken } = await scanModel(repository, name, configJson);
  expect(broken).toEqual([]);
  return packages.map(({ serving, manifest }) => ({
    ...serving,
    version: manifest.version,
    threads: manifest.threads,
  }));
}

const reasons = async (name: string, configJson?: string) =>
  (await scanModel(repository, name, configJson)).broken.map(({ reason }) => reason);

const configOf = (configJson: string) => JSON.parse(configJson) as Record<string, unknown>;

describe('a model without a configuration', () => {
  it('is completed from its graph, with rows put together', async () => {
    await write('auto');
    const [model] = await served('auto');
    expect(model).toMatchObject({
      maxBatchSize: 64,
      instances: 1,
      batching: { preferredRows: [], maxDelayMs: 0 },
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 4] }],
    });
    expect(configOf(model?.configJson ?? '')).toMatchObject({
      name: 'auto',
      platform: 'onnxruntime_onnx',
      backend: 'onnxruntime',
      max_batch_size: 64,
      input: [{ name: 'x', data_type: 'TYPE_FP32', dims: [4] }],
      output: [{ name: 'y', data_type: 'TYPE_FP32', dims: [4] }],
      dynamic_batching: { preferred_batch_size: [], max_queue_delay_microseconds: 0 },
      version_policy: { latest: { num_versions: 1 } },
      default_model_filename: 'model.onnx',
    });
  });

  it.each([
    ['a first axis is fixed', identityOnnx('BYTES', [1, 4]), [1, 4]],
    ['the first axis is called slices', identityOnnx('BYTES', ['slices', 4]), [-1, 4]],
    ['an input has one axis only', identityOnnx('BYTES', ['n']), [-1]],
    ['it has none, and callers one of one text', identityOnnx('BYTES', []), [1]],
  ])('has no rows where %s', async (_, onnx, dims) => {
    await write('single', undefined, { '1': onnx });
    const [model] = await served('single');
    expect(model).toMatchObject({ maxBatchSize: 0, batching: undefined });
    expect(configOf(model?.configJson ?? '')).toMatchObject({
      max_batch_size: 0,
      input: [{ data_type: 'TYPE_STRING', dims }],
    });
  });

  it('has no rows where an output has as many as were found: one patient’s findings must not become another’s', async () => {
    await write('detector', undefined, { '1': detector('batch', 'num_dets') });
    expect(await served('detector')).toMatchObject([{ maxBatchSize: 0, batching: undefined }]);
  });

  it.each([
    ['no axis has a name', detector('', '')],
    ['an output’s axis has none', detector('batch', '')],
    ['an input’s axis has none', detector('', 'batch')],
    ['the common name may mean anything', detector('s', 's')],
  ])('takes rows and keeps requests apart where %s', async (_, onnx) => {
    await write('unsaid', undefined, { '1': onnx });
    const [model] = await served('unsaid');
    expect(model).toMatchObject({ maxBatchSize: 64, batching: undefined });
    expect(configOf(model?.configJson ?? '')).not.toHaveProperty('dynamic_batching');
    await write('said', 'dynamic_batching { }', { '1': onnx });
    expect(await served('said')).toMatchObject([{ maxBatchSize: 64, batching: { maxDelayMs: 0 } }]);
  });

  it('keeps requests apart where a size of its output follows from their values: nobody’s answer changes with a stranger’s', async () => {
    const texts = (name: string, ...further: Dimension[]) => ({
      name,
      type: 'BYTES' as const,
      shape: ['batch', ...further],
    });
    const splitter = (parts: string, input: Dimension) =>
      writeOnnx({
        inputs: [texts('x', input)],
        outputs: [texts('y', parts)],
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      });
    await write('apart', undefined, { '1': splitter('parts', 1) });
    await write('together', undefined, { '1': splitter('parts', 'parts') });
    await write('told', 'max_batch_size: 4 dynamic_batching { }', { '1': splitter('parts', 1) });
    expect(await served('apart')).toMatchObject([{ maxBatchSize: 64, batching: undefined }]);
    expect(await served('together')).toMatchObject([{ maxBatchSize: 64, batching: { preferredRows: [] } }]);
    expect(await served('told')).toMatchObject([{ maxBatchSize: 4, batching: { preferredRows: [] } }]);
  });

  it('has no rows where the first axes of its inputs are different things', async () => {
    const [a, b, y] = (['a', 'b', 'y'] as const).map((name) => ({
      name,
      type: 'FP32' as const,
      shape: [`${name}s`, 4],
    }));
    if (!a || !b || !y) throw new Error('three tensors');
    const nodes = [{ op: 'MatMul', inputs: ['a', 'b'], outputs: ['y'] }];
    await write('pair', undefined, { '1': writeOnnx({ inputs: [a, b], outputs: [y], nodes }) });
    expect(await served('pair')).toMatchObject([{ maxBatchSize: 0 }]);
  });
});

describe('a configuration', () => {
  it('says how many rows, and without dynamic batching that requests stay apart', async () => {
    await write('given', 'max_batch_size: 8 instance_group [{ count: 2 kind: KIND_GPU }, { count: 1 }]');
    expect(await served('given')).toMatchObject([{ maxBatchSize: 8, batching: undefined, instances: 3 }]);
  });

  it('says how long a batch waits and what sizes are worth it', async () => {
    await write(
      'waits',
      'max_batch_size: 8 dynamic_batching { preferred_batch_size: [4, 8] max_queue_delay_microseconds: 1500 }',
    );
    expect(await served('waits')).toMatchObject([{ batching: { preferredRows: [4, 8], maxDelayMs: 1.5 } }]);
  });

  it('is the operator’s word on rows, whatever the axes are called', async () => {
    await write('own-word', 'max_batch_size: 8 dynamic_batching { }', {
      '1': detector('batch', 'Transposefindings_dim_0'),
    });
    expect(await served('own-word')).toMatchObject([{ maxBatchSize: 8, batching: { preferredRows: [] } }]);
  });

  it('may give the whole shape instead of rows', async () => {
    await write('whole', 'input [{ name: "x" dims: [-1, 4] }]');
    expect(await served('whole')).toMatchObject([{ maxBatchSize: 0, inputs: [{ shape: [-1, 4] }] }]);
  });

  it('may be narrower than the graph', async () => {
    await write('narrow', 'max_batch_size: 4 input { name: "x" data_type: TYPE_FP32 dims: 7 }', {
      '1': identityOnnx('FP32', ['batch', 'any']),
    });
    expect(await served('narrow')).toMatchObject([{ inputs: [{ shape: [-1, 7] }], outputs: [{ shape: [-1, -1] }] }]);
  });

  it('names the outputs that there are for callers; the others have no say in the rows', async () => {
    const rows = (name: string) => ({ name, type: 'FP32' as const, shape: ['batch', 4] });
    const onnx = writeOnnx({
      inputs: [rows('x')],
      outputs: [{ name: 'total', type: 'FP32', shape: [] }, rows('y')],
      nodes: [
        { op: 'Neg', inputs: ['x'], outputs: ['y'] },
        { op: 'ReduceSum', inputs: ['x'], outputs: ['total'], attributes: { keepdims: 0 } },
      ],
    });
    await write('some', 'max_batch_size: 4 output { name: "y" data_type: TYPE_FP32 dims: 4 }', { '1': onnx });
    const [model] = await served('some');
    expect(model).toMatchObject({ maxBatchSize: 4, outputs: [{ name: 'y', shape: [-1, 4] }] });
    expect(model?.outputs).toHaveLength(1);
  });

  it('names threads and the file of the model', async () => {
    const config =
      'default_model_filename: "net.onnx" parameters { key: "intra_op_thread_count" value { string_value: "2" } }';
    await writeTritonModel(repository, { name: 'file', versions: {}, config, files: { '1/net.onnx': ROWS } });
    expect(await served('file')).toMatchObject([{ threads: 2 }]);
  });

  it('may leave out key or value of an entry of a map: the other field stands alone then', async () => {
    const maps = 'metric_tags { key: "k" } metric_tags { value: "v" } parameters { key: "p" } parameters { value { } }';
    await write('entries', maps);
    const [model] = await served('entries');
    expect(configOf(model?.configJson ?? '')).toMatchObject({
      metric_tags: { k: '', '': 'v' },
      parameters: { p: { string_value: '' }, '': { string_value: '' } },
    });
  });

  it('is shown with what nothing here goes by, and may be sent back as it is', async () => {
    await write(
      'shown',
      'max_batch_size: 2 response_cache { enable: true } model_warmup { name: "one" batch_size: 1 }',
    );
    const [model] = await served('shown');
    expect(configOf(model?.configJson ?? '')).toMatchObject({
      response_cache: { enable: true },
      model_warmup: [{ name: 'one', batch_size: 1 }],
    });
    expect(await served('shown', model?.configJson)).toEqual([model]);
  });

  it.each([
    ['another name', 'name: "other"', 'name'],
    ['an unknown field', 'max_batchsize: 3', 'max_batchsize'],
    ['another platform', 'platform: "tensorrt_plan"', 'tensorrt_plan'],
    ['another backend', 'backend: "python"', 'python'],
    ['an unknown tensor', 'input { name: "z" }', '"z"'],
    ['a tensor left out', 'output { name: "y" } input []  output { name: "q" }', '"q"'],
    ['another datatype', 'input { name: "x" data_type: TYPE_INT8 }', '"x"'],
    ['another rank', 'max_batch_size: 4 input { name: "x" dims: [4, 4] }', '"x"'],
    ['another size', 'max_batch_size: 4 output { name: "y" dims: 5 }', '"y"'],
    [
      'a reshape that the model does not have',
      'max_batch_size: 4 input { name: "x" dims: 4 reshape { shape: [2, 2] } }',
      'the shape [-1, 4] in the model and [-1, 2, 2] in the configuration',
    ],
    [
      'a reshape to other elements',
      'max_batch_size: 4 input { name: "x" dims: 5 reshape { shape: 4 } }',
      'The reshape [4] of the tensor "x"',
    ],
    [
      'a reshape that moves a free size',
      'max_batch_size: 4 output { name: "y" dims: [2, -1] reshape { shape: [-1, 4] } }',
      'The reshape [-1, 4] of the tensor "y"',
    ],
    ['a reshape to nothing without rows', 'max_batch_size: 0 input { name: "x" dims: 1 reshape { } }', 'empty reshape'],
    ['a layout of its own', 'input { name: "x" is_non_linear_format_io: true }', 'is_non_linear_format_io'],
    ['an input of the batch', 'batch_input { target_name: "x" }', 'batch_input'],
    ['an output of the batch', 'batch_output { target_name: "y" }', 'batch_output'],
    ['sequences', 'sequence_batching { }', 'sequence_batching'],
    [
      'a preferred size that is too large',
      'max_batch_size: 2 dynamic_batching { preferred_batch_size: 4 }',
      'preferred_batch_size',
    ],
    ['two policies', 'version_policy { all { } latest { } }', 'version_policy'],
    ['no text format', 'name = 3', 'line 1'],
    ['a file elsewhere', 'default_model_filename: "../model.onnx"', 'default_model_filename'],
    ['labels elsewhere', 'output { name: "y" label_filename: "../labels" }', 'label_filename'],
    ['labels that are not there', 'output { name: "y" label_filename: "none.txt" }', 'none.txt'],
  ])('breaks the model with its place in the words: %s', async (_, config, words) => {
    await write('wrong', config);
    expect(await reasons('wrong')).toEqual([expect.stringContaining(words)]);
  });

  it('breaks a model whose first axis is not free but that is to have rows', async () => {
    await write('fixed', 'max_batch_size: 4', { '1': identityOnnx('FP32', [1, 4]) });
    expect(await reasons('fixed')).toEqual([expect.stringContaining('first axis of the tensor "x"')]);
  });

  it('leaves no input out', async () => {
    await write('two', 'max_batch_size: 4 input { name: "a" dims: 4 }', { '1': sumAndDifferenceOnnx() });
    expect(await reasons('two')).toEqual([expect.stringContaining('"b"')]);
  });
});

/** One number a row, as classifiers label rows. */
const LABELS = writeOnnx({
  inputs: [{ name: 'x', type: 'FP32', shape: ['batch', 4] }],
  outputs: [{ name: 'label', type: 'INT64', shape: ['batch'] }],
  nodes: [{ op: 'ArgMax', inputs: ['x'], outputs: ['label'], attributes: { axis: 1, keepdims: 0 } }],
});

describe('reshaped tensors', () => {
  it('are those of one number a row, which has an axis to callers as in Triton', async () => {
    await write('labels', undefined, { '1': LABELS });
    const [model] = await served('labels');
    expect(model?.outputs).toEqual([{ name: 'label', datatype: 'INT64', shape: [-1, 1], modelShape: [-1] }]);
    const config = configOf(model?.configJson ?? '');
    expect(config['output']).toEqual([{ name: 'label', data_type: 'TYPE_INT64', dims: [1], reshape: { shape: [] } }]);
    expect(await served('labels', model?.configJson)).toEqual([model]);
  });

  it('are what a configuration says of them', async () => {
    const config = `max_batch_size: 4
      input { name: "x" data_type: TYPE_FP32 dims: [ 2, 2 ] reshape { shape: [ 4 ] } }
      output { name: "y" data_type: TYPE_FP32 dims: [ 1, 4 ] reshape: { shape: 4 } }`;
    await write('image', config);
    const [model] = await served('image');
    expect(model).toMatchObject({
      inputs: [{ name: 'x', shape: [-1, 2, 2], modelShape: [-1, 4] }],
      outputs: [{ name: 'y', shape: [-1, 1, 4], modelShape: [-1, 4] }],
    });
    expect(configOf(model?.configJson ?? '')).toMatchObject({
      input: [{ dims: [2, 2], reshape: { shape: [4] } }],
      output: [{ dims: [1, 4], reshape: { shape: [4] } }],
    });
    expect(await served('image', model?.configJson)).toEqual([model]);
  });

  it('keep their free sizes, in their order', async () => {
    const onnx = identityOnnx('FP32', ['batch', 8, 'width', 6]);
    const config = 'max_batch_size: 4 input { name: "x" dims: [2, 4, -1, 6] reshape { shape: [8, -1, 6] } }';
    await write('free', config, { '1': onnx });
    expect(await served('free')).toMatchObject([
      { inputs: [{ shape: [-1, 2, 4, -1, 6], modelShape: [-1, 8, -1, 6] }] },
    ]);
  });

  it('are single values without rows, however many axes of size 1 a configuration gives them', async () => {
    const config = 'input { name: "x" dims: [1, 1] } output { name: "y" dims: 1 }';
    await write('value', config, { '1': identityOnnx('FP32', []) });
    const [model] = await served('value');
    expect(model).toMatchObject({
      inputs: [{ shape: [1, 1], modelShape: [] }],
      outputs: [{ shape: [1], modelShape: [] }],
    });
    expect(configOf(model?.configJson ?? '')['output']).toEqual([{ name: 'y', data_type: 'TYPE_FP32', dims: [1] }]);
  });
});

describe('a configuration from a load request', () => {
  it('replaces the file', async () => {
    await write('model', 'max_batch_size: 8');
    expect(await served('model', '{"max_batch_size": 2, "input": [{"name": "x", "dims": ["4"]}]}')).toMatchObject([
      { maxBatchSize: 2 },
    ]);
    const [before] = (await scanModel(repository, 'model')).packages;
    const [after] = (await scanModel(repository, 'model', '{"max_batch_size": 2}')).packages;
    expect(after?.digest).not.toBe(before?.digest);
  });

  it('may have the names of protobuf’s JSON mapping, which leave the keys of maps alone', async () => {
    const bytes = '{"maxBatchSize": 2, "input": [{"name": "x", "dataType": "TYPE_FP32", "dims": ["4"]}],';
    const config = `${bytes} "dynamicBatching": {"maxQueueDelayMicroseconds": "100"}, "metricTags": {"aTag": "aValue"},
      "parameters": {"aKey": {"stringValue": "v"}}, "versionPolicy": {"latest": {"numVersions": 1}}}`;
    await write('model');
    const [model] = await served('model', config);
    expect(model).toMatchObject({ maxBatchSize: 2, batching: { maxDelayMs: 0.1 } });
    expect(configOf(model?.configJson ?? '')).toMatchObject({
      input: [{ name: 'x', data_type: 'TYPE_FP32' }],
      metric_tags: { aTag: 'aValue' },
      parameters: { aKey: { string_value: 'v' } },
    });
  });

  it('may have maps with any keys, those of an entry of a map among them', async () => {
    await write('model');
    const maps = '"metric_tags": {"key": "k", "value": "v"}, "parameters": {"value": {"string_value": "v"}}';
    const [model] = await served('model', `{${maps}}`);
    expect(configOf(model?.configJson ?? '')).toMatchObject({
      metric_tags: { key: 'k', value: 'v' },
      parameters: { value: { string_value: 'v' } },
    });
  });

  it('leaves out what is null, as protobuf does', async () => {
    await write('model');
    const [model] = await served(
      'model',
      '{"max_batch_size": 2, "dynamic_batching": null, "version_policy": null, "input": null}',
    );
    expect(model).toMatchObject({ maxBatchSize: 2, batching: undefined });
  });

  it.each([
    ['a field by both of its names', '{"max_batch_size": 2, "maxBatchSize": 2}'],
    ['deeper than any configuration', `{"input": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['no JSON', '{'],
    ['no configuration', '[]'],
    ['an unknown field', '{"max_batchsize": 2}'],
    ['another name', '{"name": "other"}'],
  ])('is the caller’s mistake when it is %s', async (_, configJson) => {
    await write('model');
    await expect(scanModel(repository, 'model', configJson)).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'parameters.config',
    });
  });

  it('is held against the model', async () => {
    await write('model');
    expect(await reasons('model', '{"input": [{"name": "z"}]}')).toEqual([expect.stringContaining('"z"')]);
  });
});

describe('versions', () => {
  const versions = { '1': ROWS, '2': ROWS, '10': ROWS };
  it.each([
    ['the latest without a policy', undefined, ['10']],
    ['the latest few', 'version_policy { latest { num_versions: 2 } }', ['2', '10']],
    ['all, by number', 'version_policy: { all { } }', ['1', '2', '10']],
    ['the named', 'version_policy { specific { versions: [2, 1] } }', ['1', '2']],
  ])('are served by the policy: %s', async (_, config, expected) => {
    await write('model', config, versions);
    await writeTritonModel(repository, { name: 'model', versions: {}, files: { 'notes/read.me': 'no version' } });
    expect((await served('model')).map(({ version }) => version)).toEqual(expected);
  });

  it('that a policy names and that are not there are broken; the others serve', async () => {
    await write('model', 'version_policy { specific { versions: [1, 7] } }', versions);
    const { packages, broken } = await scanModel(repository, 'model');
    expect(packages.map(({ manifest }) => manifest.version)).toEqual(['1']);
    expect(broken).toEqual([
      { name: 'model', version: '7', reason: expect.stringContaining('7/model.onnx') as string },
    ]);
  });
});

it('names the classes of an output, whatever that is called', async () => {
  const onnx = writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: ['batch', 2] }],
    outputs: [{ name: '__proto__', type: 'FP32', shape: ['batch', 2] }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['__proto__'] }],
  });
  const config = 'output { name: "__proto__" label_filename: "labels.txt" }';
  await writeTritonModel(repository, { name: 'm', versions: { '1': onnx }, config, files: { 'labels.txt': 'a\nb\n' } });
  const [model] = await served('m');
  expect(Object.entries(model?.labels ?? {})).toEqual([['__proto__', ['a', 'b']]]);
});

describe('a package in Triton’s layout', () => {
  const hex = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

  it('has a digest over configuration, labels and the files of its version', async () => {
    const config = 'output { name: "y" label_filename: "labels.txt" }';
    const files = { 'labels.txt': 'lung\r\nheart\n', '2/model.onnx': ROWS };
    const folder = await writeTritonModel(repository, { name: 'm', versions: { '1': ROWS }, config, files });
    const { digest, serving } = await loadPackage({ layout: 'triton', folder, name: 'm', version: '1' });
    const lines = [
      `${hex(config)}  config.pbtxt\n`,
      `${hex(files['labels.txt'])}  labels.txt\n`,
      `${hex(ROWS)}  1/model.onnx\n`,
    ];
    expect(digest).toBe(`sha256:${hex(lines.sort().join(''))}`);
    expect(serving.labels).toEqual({ y: ['lung', 'heart'] });
  });

  it('may lie anywhere, as one that was sent along with a request does', async () => {
    const folder = await write('scratch-7');
    const ref = {
      layout: 'triton',
      folder,
      name: 'sent along',
      version: '1',
      configJson: '{"max_batch_size": 4}',
    } as const;
    expect(await loadPackage(ref)).toMatchObject({
      manifest: { name: 'sent along' },
      serving: { maxBatchSize: 4 },
      ref,
    });
  });

  it('is broken when its configuration is a link', async () => {
    const folder = await write('linked');
    await writeFile(join(repository, 'outside'), 'max_batch_size: 2');
    await symlink(join(repository, 'outside'), join(folder, 'config.pbtxt'));
    expect(await reasons('linked')).toEqual([expect.stringContaining('links are refused')]);
  });
});

describe('a repository of both layouts', () => {
  it('gives the good and says what is wrong with the others', async () => {
    await write('good');
    await write('bad', undefined, { '1': Buffer.from('this is not a protobuf') });
    await writeTritonModel(repository, { name: 'empty', versions: {}, files: { 'read.me': '' } });
    const { packages, broken } = await scanRepository(repository);
    expect(packages.map(({ manifest }) => manifest.name)).toEqual(['good']);
    expect(broken).toEqual([
      { name: 'bad', version: '1', reason: expect.stringContaining('no ONNX model') as string },
      { name: 'empty', version: '', reason: expect.stringContaining('no version') as string },
    ]);
  });

  it('has no model of a name that leads out of it', async () => {
    for (const name of ['..', 'a/b', '', '.hidden', 'none']) {
      await expect(scanModel(repository, name)).rejects.toMatchObject({ reason: 'model_not_found' });
    }
  });
});
