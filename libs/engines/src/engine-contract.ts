import type { Tensor } from '@medserve/clinical';
import type { Engine, LoadSpec, Session } from './engine';

export interface EngineFixture {
  readonly engine: Engine;
  /** A model with one FP32 input `x` of shape [-1] and one output `y` that is `x`. */
  identity(): Promise<LoadSpec>;
  /** A file that is no model. */
  damaged(): Promise<LoadSpec>;
}

const vector = (...values: number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** What every engine keeps, the fakes of the tests included. Call it inside a Jest file. */
export function describeEngineContract(title: string, fixture: EngineFixture): void {
  describe(`${title} keeps the engine contract`, () => {
    const never = new AbortController().signal;
    let session: Session;

    beforeAll(async () => {
      await fixture.engine.prepare();
      session = await fixture.engine.load(await fixture.identity(), never);
    });
    afterAll(() => session.close());

    it('tells names, datatypes and shapes of its tensors', () => {
      expect(session.inputs).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1] }]);
      expect(session.outputs).toEqual([{ name: 'y', datatype: 'FP32', shape: [-1] }]);
    });

    it('runs and gives typed outputs', async () => {
      const [output] = await session.run([vector(1, 2, 3)]);
      expect(output).toEqual({ ...vector(1, 2, 3), name: 'y' });
    });

    it.each([
      ['an unknown name', [{ ...vector(1), name: 'z' }]],
      ['nothing', []],
      ['a wrong rank', [{ ...vector(1, 2), shape: [1, 2] }]],
      ['a wrong datatype', [{ ...vector(1), datatype: 'INT32' as const, data: Int32Array.of(1) }]],
    ])('refuses %s as the caller’s mistake and goes on serving', async (_, feeds) => {
      await expect(session.run(feeds)).rejects.toMatchObject({ reason: 'invalid_request' });
      await expect(session.run([vector(5)])).resolves.toHaveLength(1);
    });

    it('gives no answer made of numbers that are none', async () => {
      await expect(session.run([vector(Number.NaN)])).rejects.toMatchObject({ reason: 'inference_failed' });
    });

    it('says that a damaged model is broken', async () => {
      await expect(fixture.engine.load(await fixture.damaged(), never)).rejects.toMatchObject({
        reason: 'model_broken',
      });
    });

    it('does not load for someone who has left', async () => {
      const left = AbortSignal.abort();
      await expect(fixture.engine.load(await fixture.identity(), left)).rejects.toThrow();
    });
  });
}
