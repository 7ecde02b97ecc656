import type { Session } from '@medserve/engines';
import { withOutputs } from './with-outputs';

const tensor = (name: string, shape: number[] = [-1]) => ({ name, datatype: 'FP32' as const, shape });

function session(): Session & { readonly asked: (readonly string[] | undefined)[] } {
  const asked: (readonly string[] | undefined)[] = [];
  return {
    asked,
    inputs: [tensor('x')],
    outputs: [tensor('total', [1]), tensor('y')],
    run: (_, wanted) => {
      asked.push(wanted);
      return Promise.resolve([]);
    },
    close: () => Promise.resolve(),
  };
}

describe('withOutputs', () => {
  it('computes what is served for who names no outputs', async () => {
    const whole = session();
    const served = withOutputs(whole, [tensor('y')]);
    expect(served.outputs).toEqual([tensor('y')]);
    await served.run([]);
    await served.run([], ['y']);
    expect(whole.asked).toEqual([['y'], ['y']]);
  });

  it.each([
    ['all outputs', [tensor('y'), tensor('total')]],
    ['nobody knows which', []],
  ])('leaves the session as it is where %s are served', (_, outputs) => {
    const whole = session();
    expect(withOutputs(whole, outputs)).toBe(whole);
  });
});
