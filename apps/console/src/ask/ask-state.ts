import type { AnswerDocument } from '@medserve/clinical';

/** While the files of an ask leave. */
export interface SendingAsk {
  readonly kind: 'sending';
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Whether the connection broke, so that all of it is sent once more, under the same key. */
  readonly isAgain: boolean;
}

/** While the platform works on an ask that it has accepted. */
export interface RunningAsk {
  readonly kind: 'running';
  readonly id: string;
  /** `accepted`, `queued`, `loading`, `preprocessing`, `running`, `reading`, `ended`. */
  readonly phase: string;
  /** 0 to 100; never goes down. */
  readonly percent: number;
  /** How long the phase was expected to take still when that was told, in milliseconds; absent: nobody knows. */
  readonly expectedMs?: number | undefined;
  /** When the newest progress was told, in milliseconds since 1970. */
  readonly toldAtMs: number;
  readonly acceptedAtMs: number;
  /** What was said, when its loading began, of how long that takes: absent of a warm model. */
  readonly loadMs?: number | undefined;
  /** What the model has written so far. */
  readonly text: string;
  /** A new connection tells all that was written so far anew. */
  readonly isTextOfBefore: boolean;
  /** Since when there is no connection, in milliseconds since 1970; absent: there is one. */
  readonly cutAtMs?: number | undefined;
  readonly isCancelling: boolean;
}

/** How far an ask is. */
export type AskState =
  | SendingAsk
  | RunningAsk
  | {
      readonly kind: 'answered';
      readonly id: string;
      readonly document?: AnswerDocument | undefined;
      readonly tookMs: number;
    }
  | { readonly kind: 'failed'; readonly id?: string; readonly error: unknown; readonly text: string }
  | { readonly kind: 'cancelled'; readonly id?: string }
  /** It was accepted, and nobody works on it any more: the gateway that did has died. */
  | { readonly kind: 'lost'; readonly id: string };

export type AskEvent =
  | { readonly kind: 'sent'; readonly sentBytes: number; readonly totalBytes: number }
  | { readonly kind: 'accepted'; readonly id: string; readonly nowMs: number }
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'progress';
      readonly phase: string;
      readonly percent: number;
      readonly expectedMs?: number;
      readonly nowMs: number;
    }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'cut'; readonly nowMs: number }
  | { readonly kind: 'cancelling'; readonly isCancelling: boolean }
  | { readonly kind: 'answered'; readonly document: AnswerDocument; readonly nowMs: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'lost' };

export const FIRST_STATE: AskState = { kind: 'sending', sentBytes: 0, totalBytes: 0, isAgain: false };

/** The platform tells no more than this of a text before its answer (`WrittenText` of the gateway). */
const MOST_CHARACTERS = 128 * 1024;

export const isOver = ({ kind }: AskState): boolean => kind !== 'sending' && kind !== 'running';

/** What became of an ask by what happened. An ask that is over stays what it is. */
export function nextAsk(state: AskState, event: AskEvent): AskState {
  switch (state.kind) {
    case 'sending':
      return whileSending(state, event);
    case 'running':
      return whileRunning(state, event);
    case 'answered':
    case 'failed':
    case 'cancelled':
    case 'lost':
      return state;
  }
}

function whileSending(state: SendingAsk, event: AskEvent): AskState {
  switch (event.kind) {
    case 'sent':
      return { ...state, sentBytes: event.sentBytes, totalBytes: event.totalBytes };
    case 'cut':
      return { kind: 'sending', sentBytes: 0, totalBytes: 0, isAgain: true };
    case 'accepted':
      return {
        kind: 'running',
        id: event.id,
        phase: 'accepted',
        percent: 1,
        toldAtMs: event.nowMs,
        acceptedAtMs: event.nowMs,
        text: '',
        isTextOfBefore: false,
        isCancelling: false,
      };
    case 'failed':
      return { kind: 'failed', error: event.error, text: '' };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'connected':
    case 'progress':
    case 'delta':
    case 'cancelling':
    case 'answered':
    case 'lost':
      return state;
  }
}

function whileRunning(state: RunningAsk, event: AskEvent): AskState {
  const { id } = state;
  switch (event.kind) {
    case 'connected':
      return { ...state, cutAtMs: undefined, isTextOfBefore: true };
    case 'progress':
      return progressed(state, event);
    case 'delta':
      return written(state, event.text);
    case 'cut':
      return { ...state, cutAtMs: state.cutAtMs ?? event.nowMs };
    case 'cancelling':
      return { ...state, isCancelling: event.isCancelling };
    case 'answered':
      return { kind: 'answered', id, document: event.document, tookMs: event.nowMs - state.acceptedAtMs };
    case 'failed':
      return { kind: 'failed', id, error: event.error, text: state.text };
    case 'cancelled':
      return { kind: 'cancelled', id };
    case 'lost':
      return { kind: 'lost', id };
    case 'sent':
    case 'accepted':
      return state;
  }
}

function progressed(state: RunningAsk, event: AskEvent & { kind: 'progress' }): RunningAsk {
  const { phase, percent, expectedMs, nowMs } = event;
  return {
    ...state,
    phase,
    percent: Math.max(state.percent, Math.min(100, percent)),
    toldAtMs: nowMs,
    expectedMs,
    loadMs: state.loadMs ?? (phase === 'loading' ? expectedMs : undefined),
  };
}

function written(state: RunningAsk, text: string): RunningAsk {
  const whole = (state.isTextOfBefore ? '' : state.text) + text;
  return { ...state, text: whole.slice(0, MOST_CHARACTERS), isTextOfBefore: false };
}

/** How long the phase takes still, in milliseconds: 0 where it takes longer than expected; undefined: nobody knows. */
export const leftMs = ({ expectedMs, toldAtMs }: RunningAsk, nowMs: number): number | undefined =>
  expectedMs === undefined ? undefined : Math.max(0, expectedMs - (nowMs - toldAtMs));
