import { newEventId } from './event-id';
import { isId } from './is-id';

describe('an id of ours', () => {
  it('is a UUID, in either case, and nothing around it', () => {
    const id = newEventId();
    expect([id, id.toUpperCase()].map(isId)).toEqual([true, true]);
    expect(['', `${id} `, `{${id}}`, id.replaceAll('-', ''), 'Mustermann^Max'].map(isId)).toEqual(Array(5).fill(false));
  });
});
