import type { Refusal, StoredInstance } from '@medserve/archive';
import { answerTo } from './store-sink';

const refused = (reason: Refusal['reason'], status: number) =>
  answerTo({ kind: 'refused', refusal: { reason, status, what: '(0010,0010)' } });

describe('the answer to C-STORE', () => {
  const instance = {} as StoredInstance;

  it('is 0000 for what is durable, and the warning where there is one', () => {
    expect(answerTo({ kind: 'stored', instance, isNew: true })).toEqual({ status: 0 });
    expect(answerTo({ kind: 'stored', instance, isNew: false })).toEqual({ status: 0 });
    expect(answerTo({ kind: 'stored', instance, isNew: true, warning: 0xb007 })).toEqual({ status: 0xb007 });
  });

  it.each([
    ['cannot_understand', 0xc000],
    ['does_not_match', 0xa900],
    ['out_of_resources', 0xa700],
    ['sop_class_unsupported', 0x0122],
    ['not_authorised', 0x0124],
  ] as const)('is the status of the refusal: %s', (reason, status) => {
    expect(refused(reason, status).status).toBe(status);
  });

  it('is no warning for another instance of a known UID, which was not stored', () => {
    expect(refused('duplicate', 0xb00e).status).toBe(0x0111);
  });

  it('says in words what the matter is, and nothing of the data set', () => {
    const { comment = '' } = refused('cannot_understand', 0xc000);
    expect(comment.length).toBeLessThanOrEqual(64);
    expect(comment).not.toContain('0010');
  });
});
