import type { Description } from '../api';
import type { ImageSet } from '../images/image-set';
import type { Excess } from '../images/limits';
import type { Sent } from '../images/send-files';
import type { Sorted } from '../images/sort-out';
import type { SortedSeries } from '../images/sort-series';
import { FIRST_STATE, nextAsk, type AskEvent, type AskState } from './ask-state';
import type { AskOrder } from './run-ask';
import { FIRST_WISHES, type Wishes } from './wishes';

/** What was dropped, and how far it is on its way to the stage. */
export type OnDesk =
  | { readonly kind: 'nothing' }
  /** Was not sent: more than one request may hold, or nothing that could be an image. */
  | { readonly kind: 'refused'; readonly excess?: Excess; readonly left: Sorted['left'] }
  | { readonly kind: 'sending'; readonly count: number; readonly sent?: Sent; readonly left: Sorted['left'] }
  /** They are no one image: the platform is asked of each which series it is of. */
  | { readonly kind: 'sorting'; readonly count: number; readonly looked: number; readonly left: Sorted['left'] }
  /** They are of several series, of which one is to be chosen. */
  | ({ readonly kind: 'several' } & SortedSeries)
  | {
      readonly kind: 'shown';
      readonly images: ImageSet;
      readonly left: Sorted['left'];
      /** Drawn by this page. */
      readonly isDrawing: boolean;
      /** While the platform looks at them as what was declared. */
      readonly isDescribing: boolean;
      /** Why they could not be looked at as what was declared. */
      readonly error?: unknown;
      /** Those that it was chosen from. */
      readonly others?: SortedSeries | undefined;
    }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      readonly files: readonly File[];
      readonly left: Sorted['left'];
      /** Those that it was chosen from. */
      readonly others?: SortedSeries | undefined;
    };

/** Something that was asked in this tab. */
export interface Asked {
  readonly order: AskOrder;
  readonly description: Description;
  readonly wishes: Wishes;
  /** How often it was sent, from 1. */
  readonly attempt: number;
  readonly atMs: number;
  readonly state: AskState;
}

export interface DeskState {
  readonly onDesk: OnDesk;
  readonly wishes: Wishes;
  /** Newest first. */
  readonly asked: readonly Asked[];
  /** Idempotency key of the one that is shown; absent: the form is. */
  readonly shown?: string | undefined;
}

export const EMPTY_DESK: DeskState = { onDesk: { kind: 'nothing' }, wishes: FIRST_WISHES, asked: [] };

export type DeskEvent =
  | { readonly kind: 'desk'; readonly onDesk: OnDesk }
  | { readonly kind: 'wish'; readonly wishes: Partial<Wishes> }
  | { readonly kind: 'described'; readonly description: Description; readonly modality: string | undefined }
  | { readonly kind: 'asked'; readonly asked: Omit<Asked, 'state'> }
  | { readonly kind: 'ask'; readonly key: string; readonly event: AskEvent }
  | { readonly kind: 'show'; readonly key: string | undefined };

/** Asks that are remembered; answers stay where they are, only this list forgets them. */
const MOST_ASKED = 30;

const keyOf = ({ order }: Pick<Asked, 'order'>): string => order.idempotencyKey;

export function nextDesk(state: DeskState, event: DeskEvent): DeskState {
  switch (event.kind) {
    case 'desk':
      return placed(state, event.onDesk);
    case 'wish':
      return { ...state, wishes: { ...state.wishes, ...event.wishes } };
    case 'described':
      return described(state, event);
    case 'asked': {
      const asked = { ...event.asked, state: FIRST_STATE };
      const others = state.asked.filter((other) => keyOf(other) !== keyOf(asked)).map(withoutDocument);
      return { ...state, asked: [asked, ...others].slice(0, MOST_ASKED), shown: keyOf(asked) };
    }
    case 'ask':
      return { ...state, asked: state.asked.map((asked) => heard(state, asked, event)) };
    case 'show':
      return { ...state, shown: event.key };
  }
}

/** With another image begins another question: only how urgent it is stays. */
function placed(state: DeskState, onDesk: OnDesk): DeskState {
  if (onDesk.kind !== 'sending' || state.onDesk.kind === 'sending') return { ...state, onDesk };
  return { ...state, shown: undefined, onDesk, wishes: { ...FIRST_WISHES, class: state.wishes.class } };
}

function described(state: DeskState, { description, modality }: DeskEvent & { kind: 'described' }): DeskState {
  const { onDesk } = state;
  if (onDesk.kind !== 'shown') return state;
  return {
    ...state,
    onDesk: { ...onDesk, images: { ...onDesk.images, description }, isDescribing: false, error: undefined },
    // What could be asked of it, and by whom, is other than before.
    wishes: { ...state.wishes, modality, task: undefined, model: undefined },
  };
}

function heard(state: DeskState, asked: Asked, { key, event }: DeskEvent & { kind: 'ask' }): Asked {
  if (keyOf(asked) !== key) return asked;
  const next = { ...asked, state: nextAsk(asked.state, event) };
  return state.shown === key ? next : withoutDocument(next);
}

/** An answer can be large. That which is not shown is read again where it is kept. */
function withoutDocument(asked: Asked): Asked {
  const { state } = asked;
  return state.kind === 'answered' ? { ...asked, state: { ...state, document: undefined } } : asked;
}

/** What was asked in this tab that the platform knows by an id. */
export const askedAs = ({ asked }: DeskState, id: string): Asked | undefined =>
  asked.find(({ state }) => 'id' in state && state.id === id);

export const shownOf = ({ asked, shown }: DeskState): Asked | undefined => asked.find((one) => keyOf(one) === shown);
