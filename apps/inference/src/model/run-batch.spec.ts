import type { AnyTensor, Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { runBatch, type RunTally } from './run-batch';

const feed = (...rows: number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [rows.length, 1],
  data: Float32Array.from(rows),
});
const part = (...rows: number[]) => ({ feeds: [feed(...rows)], rows: rows.length });
const newTally = (): RunTally => ({ runs: 0, bisected: false, unbatchable: false });
const POISON = -1;

/** Doubles; fails as a whole on a poisoned row. */
const session = {
  run: ([given]: readonly AnyTensor[]): Promise<readonly AnyTensor[]> => {
    const { shape, data } = given as Tensor;
    if (Array.from(data, Number).includes(POISON)) return Promise.reject(new Error('poisoned'));
    return Promise.resolve([
      { name: 'y', datatype: 'FP32', shape, data: Float32Array.from(data as Float32Array, (x) => 2 * x) },
    ]);
  },
};

describe('runBatch', () => {
  it('runs once and tells each its share', async () => {
    const tally = newTally();
    const outcomes = await runBatch(session, [part(1), part(2, 3)], undefined, tally);
    expect(outcomes).toMatchObject([
      { kind: 'ran', outputs: [{ shape: [1, 1] }], share: { rows: 1, batchRows: 3, leads: true } },
      {
        kind: 'ran',
        outputs: [{ shape: [2, 1], data: Float32Array.of(4, 6) }],
        share: { rows: 2, batchRows: 3, leads: false },
      },
    ]);
    expect(tally).toEqual({ runs: 1, bisected: false, unbatchable: false });
  });

  it('fails the poisoned parts and no others, with one leader for every run that went well', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(1, 2, 3, POISON), { minLength: 1, maxLength: 16 }), async (values) => {
        const tally = newTally();
        const outcomes = await runBatch(
          session,
          values.map((value) => part(value)),
          undefined,
          tally,
        );
        expect(outcomes.map((outcome) => (outcome.kind === 'ran' ? outcome.outputs[0]?.data[0] : POISON))).toEqual(
          values.map((value) => (value === POISON ? POISON : 2 * value)),
        );
        const ran = outcomes.flatMap((outcome) => (outcome.kind === 'ran' ? [outcome.share] : []));
        const shares = ran.reduce((sum, { rows, batchRows }) => sum + rows / batchRows, 0);
        expect(ran.filter(({ leads }) => leads)).toHaveLength(Math.round(shares));
        expect(tally.runs).toBe(Math.round(shares));
      }),
    );
  });

  it('runs no more than a few more times for one poisoned part', async () => {
    for (let place = 0; place < 16; place += 1) {
      let attempts = 0;
      const counting = {
        run: (feeds: readonly AnyTensor[]) => {
          attempts += 1;
          return session.run(feeds);
        },
      };
      const parts = Array.from({ length: 16 }, (_, index) => part(index === place ? POISON : index));
      await runBatch(counting, parts, undefined, newTally());
      expect(attempts).toBe(1 + 2 * Math.log2(16));
    }
  });

  it('runs alone what cannot be put together', async () => {
    const whole = {
      feeds: [{ name: 'x', datatype: 'INT64', shape: [1, 1], data: BigInt64Array.of(1n) } as const],
      rows: 1,
    };
    const echo = { run: (feeds: readonly AnyTensor[]) => Promise.resolve(feeds) };
    const outcomes = await runBatch(echo, [part(1), whole], undefined, newTally());
    expect(outcomes).toMatchObject([
      { kind: 'ran', share: { batchRows: 1 } },
      { kind: 'ran', share: { batchRows: 1 } },
    ]);
  });

  it('tells each caller its own mistake', async () => {
    const refusing = {
      run: (feeds: readonly AnyTensor[]) => {
        const { data } = feeds[0] as Tensor;
        return data[0] === POISON || data[1] === POISON
          ? Promise.reject(new ServingError('invalid_request', 'Not this one.'))
          : session.run(feeds);
      },
    };
    expect(await runBatch(refusing, [part(1), part(POISON)], undefined, newTally())).toMatchObject([
      { kind: 'ran' },
      { kind: 'failed', error: { reason: 'invalid_request', message: 'Not this one.' } },
    ]);
  });

  it('runs the parts alone when the outputs cannot be told apart', async () => {
    const tally = newTally();
    const first = {
      run: ([given]: readonly AnyTensor[]) => Promise.resolve([feed((given as Tensor).data[0] as number)]),
    };
    const outcomes = await runBatch(first, [part(1), part(2)], undefined, tally);
    expect(outcomes).toMatchObject([
      { outputs: [{ data: Float32Array.of(1) }], share: { batchRows: 1, leads: true } },
      { outputs: [{ data: Float32Array.of(2) }], share: { batchRows: 1, leads: true } },
    ]);
    expect(tally).toEqual({ runs: 3, bisected: false, unbatchable: true });
  });
});
