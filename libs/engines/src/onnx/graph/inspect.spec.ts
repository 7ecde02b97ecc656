import { link, mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOnnx, meanFilterOnnx, mlpOnnx, writeOnnx, type OnnxGraph, type OnnxNode } from '@medserve/testkit';
import fc from 'fast-check';
import { inspect } from './inspect';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'medserve-inspect-')));
});
afterEach(() => rm(root, { recursive: true }));

const X = { name: 'x', type: 'FP32', shape: ['n', 4] } as const;
const Y = { ...X, name: 'y' } as const;
const identity: OnnxNode = { op: 'Identity', inputs: ['x'], outputs: ['y'] };
const graph = (change: Partial<OnnxGraph> = {}): OnnxGraph => ({
  inputs: [X],
  outputs: [Y],
  nodes: [identity],
  ...change,
});

async function inspected(bytes: Buffer) {
  await writeFile(join(root, 'model.onnx'), bytes);
  return inspect(root, 'model.onnx');
}

const refusal = (words: string) => ({ reason: 'model_broken', message: expect.stringContaining(words) as string });

describe('a model that is not loaded', () => {
  it('tells names, datatypes, shapes and what its first axis is called', async () => {
    const { inputs, outputs } = await inspected(meanFilterOnnx());
    expect(inputs).toEqual([
      { name: 'image', datatype: 'UINT8', shape: [-1, -1, -1, 1], firstDimension: 'n', freeDimensions: ['h', 'w'] },
    ]);
    expect(outputs).toEqual([
      { name: 'smooth', datatype: 'FP32', shape: [-1, 1, -1, -1], firstDimension: 'n', freeDimensions: ['h', 'w'] },
    ]);
  });

  it('tells a rank that is left open from a scalar', async () => {
    const { inputs, outputs } = await inspected(
      writeOnnx(graph({ inputs: [{ ...X, shape: [] }], outputs: [{ name: 'y', type: 'FP32' }] })),
    );
    expect([inputs[0]?.shape, outputs[0]?.shape]).toEqual([[], undefined]);
  });

  it('does not count an initialiser among the inputs, which old exporters list there', async () => {
    const weights = [{ name: 'w', shape: [4], values: new Float32Array(4) }];
    const inputs = [X, { name: 'w', type: 'FP32', shape: [4] } as const];
    const add = { op: 'Add', inputs: ['x', 'w'], outputs: ['y'] };
    expect((await inspected(writeOnnx(graph({ inputs, weights, nodes: [add] })))).inputs).toMatchObject([
      { name: 'x' },
    ]);
  });

  it('is read without its weights: their bytes may be anything', async () => {
    const bytes = mlpOnnx(1, 256);
    bytes.fill(0xff, 2_000, 200_000);
    await expect(inspected(bytes)).resolves.toMatchObject({ inputs: [{ name: 'x', shape: [-1, 256] }] });
  });
});

describe('a model that a stranger wrote', () => {
  it.each([
    ['no protobuf', Buffer.from('this is not a protobuf')],
    ['nothing', Buffer.alloc(0)],
    ['cut off', identityOnnx().subarray(0, 40)],
  ])('is broken when it is %s', async (_, bytes) => {
    await expect(inspected(bytes)).rejects.toMatchObject(refusal('no ONNX model'));
  });

  it('is broken or read, whatever bytes it has, and never anything else', async () => {
    const good = identityOnnx();
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Buffer.from(good);
        bytes[at] = byte;
        const failure = await inspected(bytes).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined) expect(failure).toMatchObject({ reason: 'model_broken' });
      }),
      { numRuns: 200 },
    );
  });

  it('may use no operator but the standard’s and ONNX Runtime’s own', async () => {
    const strange = { ...identity, op: 'PyOp', domain: 'ai.onnx.contrib' };
    await expect(inspected(writeOnnx(graph({ nodes: [strange] })))).rejects.toMatchObject(
      refusal('ai.onnx.contrib.PyOp'),
    );
    const decoder = { ...identity, op: 'ImageDecoder' };
    await expect(inspected(writeOnnx(graph({ nodes: [decoder] })))).rejects.toMatchObject(refusal('ImageDecoder'));
    const own = { ...identity, op: 'QLinearAdd', domain: 'com.microsoft' };
    await expect(inspected(writeOnnx(graph({ nodes: [own] })))).resolves.toBeDefined();
  });

  it('may not hide an operator in a graph inside a node', async () => {
    const branch = graph({ inputs: [], nodes: [{ ...identity, op: 'Evil', domain: 'elsewhere' }] });
    const choice = {
      op: 'If',
      inputs: ['x'],
      outputs: ['y'],
      attributes: { then_branch: branch, else_branch: branch },
    };
    await expect(inspected(writeOnnx(graph({ nodes: [choice] })))).rejects.toMatchObject(refusal('elsewhere.Evil'));
  });

  it('may not nest graphs without end', async () => {
    let inner = graph();
    for (let depth = 0; depth < 20; depth += 1) {
      inner = graph({ nodes: [{ op: 'If', inputs: ['x'], outputs: ['y'], attributes: { then_branch: inner } }] });
    }
    await expect(inspected(writeOnnx(inner))).rejects.toMatchObject(refusal('nested'));
  });

  it.each([49_999, 50_000])('may have %d nodes', async (count) => {
    const nodes = new Array<OnnxNode>(count).fill(identity);
    await expect(inspected(writeOnnx(graph({ nodes })))).resolves.toBeDefined();
  });

  it('may not have nodes without end', async () => {
    const nodes = new Array<OnnxNode>(50_001).fill(identity);
    await expect(inspected(writeOnnx(graph({ nodes })))).rejects.toMatchObject(refusal('50000 nodes'));
  });

  /** A whole model of so many bytes, most of which the disk does not hold: a long description, which is stepped over. */
  async function inspectedOfSize(size: number) {
    const model = identityOnnx();
    const [description, lengthBytes] = [6 * 8 + 2, 5];
    const length = size - model.byteLength - 1 - lengthBytes;
    const head = [description];
    for (let index = 0; index < lengthBytes; index += 1) {
      head.push((Math.floor(length / 2 ** (7 * index)) % 128) | (index < lengthBytes - 1 ? 0x80 : 0));
    }
    await writeFile(join(root, 'model.onnx'), Buffer.concat([model, Buffer.from(head)]));
    await truncate(join(root, 'model.onnx'), size);
    return inspect(root, 'model.onnx');
  }

  it('may be a file of 512 MiB, and of no byte more', async () => {
    const most = 512 * 2 ** 20;
    for (const size of [most - 1, most]) await expect(inspectedOfSize(size)).resolves.toBeDefined();
    await expect(inspectedOfSize(most + 1)).rejects.toMatchObject(refusal('larger than 512 MiB'));
  });

  it('is refused with the name of a type that is not served', async () => {
    const inputs = [{ ...X, type: 'BF16' as const }];
    await expect(inspected(writeOnnx(graph({ inputs })))).rejects.toMatchObject(
      refusal('"x" of the model is of the type bfloat16'),
    );
  });

  describe('with its weights in another file', () => {
    const external = (location: string, offset = 0, length = 16): Buffer =>
      writeOnnx(graph({ weights: [{ name: 'w', shape: [4], external: { location, offset, length } }] }));

    it('tells which files these are', async () => {
      await writeFile(join(root, 'weights.bin'), new Uint8Array(16));
      expect((await inspected(external('weights.bin'))).external).toEqual(['weights.bin']);
    });

    it.each(['/etc/hostname', '../weights.bin', 'a/weights.bin', '..', '', '.hidden', 'C:\\weights.bin'])(
      'may not lead out of its folder: %j',
      async (location) => {
        await expect(inspected(external(location))).rejects.toMatchObject(refusal('outside the folder'));
      },
    );

    it('may not lead out by a link, symbolic or hard', async () => {
      const outside = await mkdtemp(join(tmpdir(), 'medserve-outside-'));
      await writeFile(join(outside, 'secret'), new Uint8Array(16));
      for (const make of [symlink, link]) {
        await rm(join(root, 'weights.bin'), { force: true });
        await make(join(outside, 'secret'), join(root, 'weights.bin'));
        await expect(inspected(external('weights.bin'))).rejects.toMatchObject({ reason: 'model_broken' });
      }
      await rm(outside, { recursive: true });
    });

    it.each([
      [0, 17],
      [16, 1],
      [17, 0],
    ])('may not point beyond the end of the file: %i bytes on, %i long', async (offset, length) => {
      await writeFile(join(root, 'weights.bin'), new Uint8Array(16));
      await expect(inspected(external('weights.bin', offset, length))).rejects.toMatchObject(refusal('beyond the end'));
    });

    it('has to be a file', async () => {
      await mkdir(join(root, 'weights.bin'));
      await expect(inspected(external('weights.bin'))).rejects.toMatchObject(refusal('no plain file'));
    });
  });
});
