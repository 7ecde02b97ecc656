import { writeModelPackage, writeOnnx } from '@medserve/testkit';
import { ENSURE, TestPod, vector } from './testing/test-pod';

const HUGE = { name: 'huge', version: '1' };
const SMALL = { name: 'small', version: '1' };

/** `y` = x, at the cost of a constant of 24 GB: a few hundred bytes of a file (finding 4 of the fault catalogue). */
const hugeConstantOnnx = (): Buffer =>
  writeOnnx({
    inputs: [{ name: 'x', type: 'FP32', shape: [1] }],
    outputs: [{ name: 'y', type: 'FP32', shape: [1] }],
    weights: [{ name: 'shape', shape: [1], values: BigInt64Array.of(6_000_000_000n) }],
    nodes: [
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['all'] },
      { op: 'ReduceSum', inputs: ['all'], outputs: ['sum'], attributes: { keepdims: 1 } },
      { op: 'Add', inputs: ['x', 'sum'], outputs: ['y'] },
    ],
  });

jest.setTimeout(120_000);

describe('a model that asks for more than the machine has', () => {
  let pod: TestPod;

  beforeAll(async () => {
    pod = await TestPod.start(
      async (repository) => {
        await writeModelPackage(repository, { ...HUGE, onnx: hugeConstantOnnx() });
        const x = { name: 'x', type: 'FP32', shape: [1] } as const;
        const identity = { op: 'Identity', inputs: ['x'], outputs: ['y'] };
        const onnx = writeOnnx({ inputs: [x], outputs: [{ ...x, name: 'y' }], nodes: [identity] });
        await writeModelPackage(repository, { ...SMALL, onnx });
      },
      { maxHostBytes: 512 * 2 ** 20 },
    );
  });
  afterAll(() => pod.close());

  it('ends in a typed error, and its process in death; other models are served on', async () => {
    // A load by request runs it once before it serves: wherever the memory is asked for, it is asked for here.
    const failure = await pod.client
      .load({ name: HUGE.name, configJson: '', files: {} }, ENSURE)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'model_broken' });
    await expect(pod.serve(SMALL, [vector(3)])).resolves.toMatchObject({ tensors: [{ name: 'y' }] });
    await expect(pod.client.ensure(HUGE, ENSURE)).rejects.toMatchObject({ reason: 'model_broken' });
  });
});
