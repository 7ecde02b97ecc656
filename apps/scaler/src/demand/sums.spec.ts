import { demandOf } from '@medserve/testkit';
import { sumOfTotals, sumOfWaiting } from './sums';

describe('the sums of what routers tell', () => {
  const totals = { answered: 5, invalid: 1, refused: 2, failed: 3, cancelled: 4, cold: 6 };
  const waiting = { stat: 1, urgent: 2, routine: 3, research: 4 };

  it('are over all of them, and those that do not tell count as none', () => {
    const told = [demandOf('p', { totals, waiting }), demandOf('p'), demandOf('p', { totals, waiting })];
    expect(sumOfTotals(told)).toEqual({ answered: 10, invalid: 2, refused: 4, failed: 6, cancelled: 8, cold: 12 });
    expect(sumOfWaiting(told)).toEqual({ stat: 2, urgent: 4, routine: 6, research: 8 });
  });

  it('are zero of none', () => {
    expect(sumOfWaiting([])).toEqual({ stat: 0, urgent: 0, routine: 0, research: 0 });
  });
});
