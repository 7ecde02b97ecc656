import { poolOutcomeOf } from './outcome';

describe('how the statistics of a pool call the end of a request', () => {
  it('tells what the pool could not do from what nobody could', () => {
    expect(poolOutcomeOf(undefined)).toBe('answered');
    expect(poolOutcomeOf('cancelled')).toBe('cancelled');
    expect(poolOutcomeOf('inference_failed')).toBe('failed');
    expect(poolOutcomeOf('overloaded')).toBe('refused');
    expect(poolOutcomeOf('model_loading')).toBe('refused');
    // A caller's mistake is no mark against the pool: it spends nothing of its error budget.
    expect(poolOutcomeOf('invalid_request')).toBe('invalid');
  });
});
