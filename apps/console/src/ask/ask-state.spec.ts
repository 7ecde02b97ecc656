import { FIRST_STATE, isOver, leftMs, nextAsk, type AskEvent, type AskState, type RunningAsk } from './ask-state';
import { DOCUMENT } from './testing';

const after = (...events: readonly AskEvent[]): AskState => events.reduce(nextAsk, FIRST_STATE);
const accepted: AskEvent = { kind: 'accepted', id: 'job', nowMs: 1_000 };
const progress = (phase: string, percent: number, expectedMs?: number): AskEvent => ({
  kind: 'progress',
  phase,
  percent,
  nowMs: 2_000,
  ...(expectedMs === undefined ? {} : { expectedMs }),
});

describe('the state of an ask', () => {
  it('tells how much has left, and begins from nothing when it is sent again', () => {
    const sent: AskEvent = { kind: 'sent', sentBytes: 5, totalBytes: 10 };
    expect(after(sent)).toEqual({ kind: 'sending', sentBytes: 5, totalBytes: 10, isAgain: false });
    expect(after(sent, { kind: 'cut', nowMs: 1 })).toMatchObject({ sentBytes: 0, isAgain: true });
  });

  it('never goes back in percent, and keeps how long the loading was said to take when it began', () => {
    const state = after(accepted, progress('loading', 4, 4_200), progress('loading', 6, 3_000), progress('running', 5));
    expect(state).toMatchObject({ phase: 'running', percent: 6, loadMs: 4_200, expectedMs: undefined });
  });

  it('counts what was expected down to nothing', () => {
    const state = after(accepted, progress('loading', 4, 4_000)) as RunningAsk;
    expect(leftMs(state, 3_000)).toBe(3_000);
    expect(leftMs(state, 60_000)).toBe(0);
    expect(leftMs(after(accepted) as RunningAsk, 3_000)).toBeUndefined();
  });

  it('shows words of before until a new connection tells them anew, and none of them twice', () => {
    const cut = after(
      accepted,
      { kind: 'connected' },
      { kind: 'delta', text: 'Two ' },
      { kind: 'delta', text: 'di' },
      { kind: 'cut', nowMs: 5_000 },
      { kind: 'cut', nowMs: 6_000 },
    );
    expect(cut).toMatchObject({ text: 'Two di', cutAtMs: 5_000 });
    const connected = nextAsk(cut, { kind: 'connected' });
    expect(connected).toMatchObject({ text: 'Two di', cutAtMs: undefined });
    expect(nextAsk(connected, { kind: 'delta', text: 'Two discs' })).toMatchObject({ text: 'Two discs' });
  });

  it('holds no more of a text than the platform tells', () => {
    const state = after(accepted, { kind: 'delta', text: 'x'.repeat(1_000_000) });
    expect((state as RunningAsk).text).toHaveLength(128 * 1024);
  });

  it('stays what it is when it is over', () => {
    const answered = after(accepted, { kind: 'answered', document: DOCUMENT, nowMs: 4_000 });
    expect(answered).toEqual({ kind: 'answered', id: 'job', document: DOCUMENT, tookMs: 3_000 });
    expect(isOver(answered)).toBe(true);
    for (const event of [{ kind: 'failed', error: 1 }, { kind: 'lost' }, progress('running', 99)] as AskEvent[])
      expect(nextAsk(answered, event)).toBe(answered);
  });

  it('fails with the words that were written until then', () => {
    const error = new Error('gone');
    expect(after(accepted, { kind: 'delta', text: 'Two' }, { kind: 'failed', error })).toEqual({
      kind: 'failed',
      id: 'job',
      error,
      text: 'Two',
    });
  });
});
