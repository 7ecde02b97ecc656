import type { Class } from '../classes';
import { nextStart, type SlotsHeld } from './next-start';

interface Held extends SlotsHeld {
  readonly name: string;
}

const held = (name: string, change: Partial<Held> = {}): Held => ({
  name,
  class: 'research',
  slots: 1,
  startedAtMs: 0,
  isRead: false,
  ...change,
});
const wanted = (name: Class, slots = 1) => ({ class: name, slots });
const preempted = (...args: Parameters<typeof nextStart<Held>>): string[] | 'wait' => {
  const decision = nextStart(...args);
  return decision.kind === 'wait' ? 'wait' : decision.preempt.map(({ name }) => name);
};

describe('nextStart', () => {
  it('starts what has its slots, and nothing that lacks one', () => {
    expect(preempted(wanted('research', 2), [], 2)).toEqual([]);
    expect(preempted(wanted('research', 3), [], 2)).toBe('wait');
  });

  it('has research make room for stat, the one that began last first', () => {
    const under = [held('old', { startedAtMs: 1 }), held('new', { startedAtMs: 2 })];
    expect(preempted(wanted('stat'), under, 0)).toEqual(['new']);
  });

  it('takes nothing from who has read of an answer, and from nobody but research', () => {
    expect(preempted(wanted('stat'), [held('read', { isRead: true })], 0)).toBe('wait');
    expect(preempted(wanted('stat'), [held('routine', { class: 'routine' })], 0)).toBe('wait');
  });

  it.each(['urgent', 'routine', 'research'] as const)('makes no room for %s', (name) => {
    expect(preempted(wanted(name), [held('a')], 0)).toBe('wait');
  });

  it('ends no more than is needed, and none where all of them were too few', () => {
    const under = [
      held('one', { startedAtMs: 3 }),
      held('three', { startedAtMs: 2, slots: 3 }),
      held('other', { startedAtMs: 1 }),
    ];
    expect(preempted(wanted('stat', 3), under, 0)).toEqual(['three']);
    expect(preempted(wanted('stat', 4), under, 1)).toEqual(['three']);
    expect(preempted(wanted('stat', 6), under, 0)).toBe('wait');
  });
});
