import type { AnyTensor, Datatype, Tensor } from '@medserve/clinical';
import type { Engine, LoadSpec, Session } from './engine';

export interface EngineFixture {
  readonly engine: Engine;
  /** A model with one input `x` of shape [-1] and one output `y` that is `x`. */
  identity(datatype: AnyTensor['datatype']): Promise<LoadSpec>;
  /** The same for one FP32 number without axes. */
  scalar(): Promise<LoadSpec>;
  /** Inputs `a`, `b` and outputs `sum`, `difference`, in this order, FP32 [-1, 4]. */
  sumAndDifference(): Promise<LoadSpec>;
  /** A file that is no model. */
  damaged(): Promise<LoadSpec>;
}

const vector = (...values: number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** The ends of each range, and what does not compare with itself. */
const EXTREMES: Readonly<Record<Datatype, Tensor['data']>> = {
  BOOL: Uint8Array.of(0, 1, 0),
  UINT8: Uint8Array.of(0, 1, 255),
  UINT16: Uint16Array.of(0, 1, 65_535),
  UINT32: Uint32Array.of(0, 1, 2 ** 32 - 1),
  UINT64: BigUint64Array.of(0n, 1n, 2n ** 64n - 1n),
  INT8: Int8Array.of(-128, -1, 0, 127),
  INT16: Int16Array.of(-32_768, -1, 0, 32_767),
  INT32: Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1),
  INT64: BigInt64Array.of(-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n),
  // Zero, minus zero, one, the largest, the smallest, infinity, a NaN with its bits.
  FP16: Uint16Array.of(0x0000, 0x8000, 0x3c00, 0x7bff, 0x0001, 0x7c00, 0x7e01),
  FP32: Float32Array.of(0, -0, 3.4028234663852886e38, 1.401298464324817e-45, Number.NEGATIVE_INFINITY, Number.NaN),
  FP64: Float64Array.of(0, -0, Number.MAX_VALUE, Number.MIN_VALUE, Number.POSITIVE_INFINITY, Number.NaN),
};

const TEXTS = ['', 'lung', 'Größe \u{1fac1}', 'x'.repeat(1 << 20)];

/** What every engine keeps, the fakes of the tests included. Call it inside a Jest file. */
export function describeEngineContract(title: string, fixture: EngineFixture): void {
  describe(`${title} keeps the engine contract`, () => {
    const never = new AbortController().signal;
    const opened: Session[] = [];
    let session: Session;
    const open = async (spec: Promise<LoadSpec>): Promise<Session> => {
      const made = await fixture.engine.load(await spec, never);
      opened.push(made);
      return made;
    };

    beforeAll(async () => {
      await fixture.engine.prepare();
      session = await open(fixture.identity('FP32'));
    });
    afterAll(async () => {
      for (const each of opened) await each.close();
    });

    it('tells names, datatypes and shapes of its tensors', () => {
      expect(session.inputs).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1] }]);
      expect(session.outputs).toEqual([{ name: 'y', datatype: 'FP32', shape: [-1] }]);
    });

    it('tells the same of a file that it has not loaded', async () => {
      const { folder, modelFile } = await fixture.identity('FP32');
      const { inputs, outputs, external } = await fixture.engine.inspect(folder, modelFile);
      expect(inputs).toMatchObject([{ name: 'x', datatype: 'FP32', shape: [-1] }]);
      expect(outputs).toMatchObject([{ name: 'y', datatype: 'FP32', shape: [-1] }]);
      expect(external).toEqual([]);
    });

    it('runs and gives typed outputs', async () => {
      const [output] = await session.run([vector(1, 2, 3)]);
      expect(output).toEqual({ ...vector(1, 2, 3), name: 'y' });
    });

    it.each(Object.keys(EXTREMES) as Datatype[])('gives every %s back to the bit', async (datatype) => {
      const data = EXTREMES[datatype];
      const [output] = await (
        await open(fixture.identity(datatype))
      ).run([{ name: 'x', datatype, shape: [data.length], data }]);
      expect(output).toMatchObject({ name: 'y', datatype, shape: [data.length] });
      expect(output?.data.constructor.name).toBe(data.constructor.name);
      const bytes = (output as Tensor).data;
      expect(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toEqual(
        Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      );
    });

    it('gives texts back, the empty one and one of a megabyte among them', async () => {
      const texts = await open(fixture.identity('BYTES'));
      const [output] = await texts.run([{ name: 'x', datatype: 'BYTES', shape: [TEXTS.length], data: TEXTS }]);
      expect(output).toEqual({ name: 'y', datatype: 'BYTES', shape: [TEXTS.length], data: TEXTS });
    });

    it('refuses a text with a zero byte sooner than to cut it', async () => {
      const texts = await open(fixture.identity('BYTES'));
      const feed: AnyTensor = { name: 'x', datatype: 'BYTES', shape: [1], data: ['a\0b'] };
      await expect(texts.run([feed])).rejects.toMatchObject({ reason: 'invalid_request' });
    });

    it('takes a tensor of no elements and one of no axes', async () => {
      const [empty] = await session.run([vector()]);
      expect(empty).toMatchObject({ shape: [0], data: new Float32Array(0) });
      const scalar = await open(fixture.scalar());
      const [number] = await scalar.run([{ ...vector(7), shape: [] }]);
      expect(number).toMatchObject({ shape: [], data: Float32Array.of(7) });
    });

    it('gives the outputs that are wanted, in the order wanted, and all in its own', async () => {
      const both = await open(fixture.sumAndDifference());
      const row = (name: string, ...values: number[]): Tensor => ({ ...vector(...values), name, shape: [1, 4] });
      const feeds = [row('b', 1, 1, 1, 1), row('a', 1, 2, 3, 4)];
      const sum = row('sum', 2, 3, 4, 5);
      const difference = row('difference', 0, 1, 2, 3);
      expect(await both.run(feeds)).toEqual([sum, difference]);
      expect(await both.run(feeds, ['difference'])).toEqual([difference]);
      expect(await both.run(feeds, ['difference', 'sum'])).toEqual([difference, sum]);
    });

    it.each([
      ['one that there is not', ['z']],
      ['one twice', ['y', 'y']],
    ])('refuses to give %s', async (_, wanted) => {
      await expect(session.run([vector(1)], wanted)).rejects.toMatchObject({ reason: 'invalid_request' });
    });

    it.each([
      ['an unknown name', [{ ...vector(1), name: 'z' }]],
      ['nothing', []],
      ['a wrong rank', [{ ...vector(1, 2), shape: [1, 2] }]],
      ['a wrong datatype', [{ ...vector(1), datatype: 'INT32' as const, data: Int32Array.of(1) }]],
      ['a shape that lies', [{ ...vector(1, 2), shape: [3] }]],
    ])('refuses %s as the caller’s mistake and goes on serving', async (_, feeds) => {
      await expect(session.run(feeds)).rejects.toMatchObject({ reason: 'invalid_request' });
      await expect(session.run([vector(5)])).resolves.toHaveLength(1);
    });

    it('runs two sessions of one model side by side', async () => {
      const second = await open(fixture.identity('FP32'));
      const [one, other] = await Promise.all([session.run([vector(1)]), second.run([vector(2)])]);
      expect([one[0]?.data[0], other[0]?.data[0]]).toEqual([1, 2]);
    });

    it('says that a damaged model is broken, loaded or not', async () => {
      const spec = await fixture.damaged();
      await expect(fixture.engine.load(spec, never)).rejects.toMatchObject({ reason: 'model_broken' });
      await expect(fixture.engine.inspect(spec.folder, spec.modelFile)).rejects.toMatchObject({
        reason: 'model_broken',
      });
    });

    it('does not load for someone who has left', async () => {
      const left = AbortSignal.abort();
      await expect(fixture.engine.load(await fixture.identity('FP32'), left)).rejects.toThrow();
    });
  });
}
