import { changeState, refusesUpdate, requestCancel, UPS_STATUS, type ChangeVerdict } from './change-state';
import { WORKITEM_STATES, type WorkitemState } from './workitem';

const MINE = '2.25.1';
const OTHERS = '2.25.2';

/** A scheduled one has no performer yet. */
const standing = (state: WorkitemState) => (state === 'SCHEDULED' ? { state } : { state, transactionUid: MINE });

const wordOf = (verdict: ChangeVerdict): string | number =>
  verdict.do === 'refuse' || verdict.do === 'nothing' ? verdict.status : verdict.do;

/** PS3.4 table CC.1.1-2: what each request does in each state, in the order SCHEDULED, IN PROGRESS, COMPLETED, CANCELED. */
const TABLE: readonly (readonly [string, WorkitemState, string | undefined, readonly (string | number)[]])[] = [
  ['a claim', 'IN PROGRESS', MINE, ['claim', 0xc302, 0xc300, 0xc300]],
  ['a claim without a Transaction UID', 'IN PROGRESS', undefined, [0xc301, 0xc301, 0xc301, 0xc301]],
  ['going back', 'SCHEDULED', MINE, [0xc303, 0xc303, 0xc303, 0xc303]],
  ['completing with the right Transaction UID', 'COMPLETED', MINE, [0xc310, 'end', 0xb306, 0xc300]],
  ['completing without one', 'COMPLETED', undefined, [0xc301, 0xc301, 0xc301, 0xc301]],
  ['completing with that of another', 'COMPLETED', OTHERS, [0xc310, 0xc301, 0xc301, 0xc301]],
  ['cancelling with the right Transaction UID', 'CANCELED', MINE, [0xc310, 'end', 0xc300, 0xb304]],
  ['cancelling without one', 'CANCELED', undefined, [0xc301, 0xc301, 0xc301, 0xc301]],
  ['cancelling with that of another', 'CANCELED', OTHERS, [0xc310, 0xc301, 0xc301, 0xc301]],
];

describe('the states of a workitem', () => {
  it.each(TABLE)('change as the table says: %s', (_what, to, transactionUid, row) => {
    const verdicts = WORKITEM_STATES.map((state) => wordOf(changeState(standing(state), { to, transactionUid })));
    expect(verdicts).toEqual(row);
  });

  it('let nobody claim what another has', () => {
    const verdict = changeState(standing('IN PROGRESS'), { to: 'IN PROGRESS', transactionUid: OTHERS });
    expect(verdict).toEqual({ do: 'refuse', status: UPS_STATUS.alreadyInProgress });
  });

  it('are asked to be cancelled: what is claimed by its performer, what has ended not at all', () => {
    expect(WORKITEM_STATES.map((state) => requestCancel(standing(state)))).toEqual(['cancel', 'ask', 0xc311, 0xb304]);
  });

  it.each([
    ['nobody in particular', undefined, [undefined, 0xc301, 0xc300, 0xc300]],
    ['its performer', MINE, [0xc310, undefined, 0xc300, 0xc300]],
    ['another performer', OTHERS, [0xc310, 0xc301, 0xc300, 0xc300]],
  ])('say who may update it: %s', (_who, transactionUid, row) => {
    expect(WORKITEM_STATES.map((state) => refusesUpdate(standing(state), transactionUid))).toEqual(row);
  });
});
