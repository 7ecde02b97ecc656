import { StreamBudget } from './stream-budget';

function setUp(limitBytes: number) {
  const told: number[] = [];
  const budget = new StreamBudget({ set: (bytes: number) => void told.push(bytes) }, limitBytes);
  return { budget, told };
}

describe('the budget of answers that are sent as they are written', () => {
  it('is what all of them hold together, as its gauge tells', () => {
    const { budget, told } = setUp(100);
    const [one, other] = [budget.open(), budget.open()];
    expect([one.hold(40), other.hold(50), one.hold(45)]).toEqual([true, true, true]);
    expect(told).toEqual([40, 90, 95]);
  });

  it('has no room for more, until one has left', () => {
    const { budget, told } = setUp(100);
    const [one, other] = [budget.open(), budget.open()];
    expect([one.hold(60), other.hold(41), other.hold(40)]).toEqual([true, false, true]);
    one.close();
    one.close();
    expect([one.hold(1), other.hold(100)]).toEqual([false, true]);
    expect(told.at(-1)).toBe(100);
  });
});
