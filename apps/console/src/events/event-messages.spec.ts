import { ACTIVITIES } from '@medserve/events';
import { EVENTS, isKnownEvent } from './event-messages';

describe('the events of the ledger', () => {
  it('all have words', () => {
    const events = ['accepted', 'completed', 'failed', 'cancelled', 'abandoned', ...ACTIVITIES];
    expect(events.filter((event) => !isKnownEvent(event))).toEqual([]);
    expect(Object.keys(EVENTS.en).filter((event) => !events.includes(event))).toEqual([]);
  });

  it('are not looked for among what every object has', () => {
    expect(isKnownEvent('constructor')).toBe(false);
  });
});
