import type { SendReason, Sent } from '../sent';
import { Hearing } from './hearing';

const later = (reason: SendReason, arrived: readonly string[] = []): Sent => ({ kind: 'retry', reason, arrived });
const ARRIVED: Sent = { kind: 'delivered' };

describe('what an attempt says of its destination', () => {
  const heard = (sent: Sent): string => {
    const hearing = new Hearing();
    return hearing.of('a', sent, hearing.begin());
  };

  it.each(['unreachable', 'timeout', 'tls', 'aborted', 'busy', 'out_of_resources'] as const)(
    'that ends with %s: it is down',
    (reason) => {
      expect(heard(later(reason))).toBe('down');
    },
  );

  it.each(['receiver_failed', 'bad_answer'] as const)('that ends with %s: it answered', (reason) => {
    expect(heard(later(reason))).toBe('answer');
  });

  it.each(['timeout', 'aborted'] as const)('of which a part arrived before %s: it answered', (reason) => {
    expect(heard(later(reason, ['1.2']))).toBe('answer');
  });

  it('that never left: nothing', () => {
    expect(new Hearing().of('a', { kind: 'unsent', reason: 'content_unavailable' }, 0)).toBe('nothing');
  });

  it('is that one delivery is passed over, where others arrive between its silences', () => {
    const hearing = new Hearing();
    expect(hearing.of('a', later('timeout'), hearing.begin())).toBe('down');
    hearing.of('b', ARRIVED, hearing.begin());
    expect(hearing.of('a', later('aborted'), hearing.begin())).toBe('passed_over');
    // Nothing arrived since.
    expect(hearing.of('a', later('timeout'), hearing.begin())).toBe('down');
  });

  it('is nothing where others arrived while one was waiting: it may be gone since', () => {
    const hearing = new Hearing();
    const begun = hearing.begin();
    hearing.of('b', ARRIVED, hearing.begin());
    expect(hearing.of('a', later('timeout'), begun)).toBe('nothing');
  });

  it('is that it is down where nobody is there, whatever arrived before', () => {
    const hearing = new Hearing();
    hearing.of('a', later('timeout'), hearing.begin());
    hearing.of('b', ARRIVED, hearing.begin());
    expect(hearing.of('a', later('unreachable'), hearing.begin())).toBe('down');
  });

  it('remembers so many silences and no more', () => {
    const hearing = new Hearing();
    for (let id = 0; id <= 1_024; id += 1) hearing.of(String(id), later('timeout'), hearing.begin());
    hearing.of('b', ARRIVED, hearing.begin());
    expect(hearing.of('1', later('timeout'), hearing.begin())).toBe('passed_over');
    expect(hearing.of('0', later('timeout'), hearing.begin())).toBe('down');
  });
});
