import type { PlainError } from '../threads/plain-error';
import type { ResultInput, ResultKind, ResultObject, ResultRun } from './result-input';

/** To the thread: what to make, and the bytes of files that it asked for. */
export type ToWriter =
  | { readonly kind: 'make'; readonly input: PlainInput }
  | { readonly kind: 'file'; readonly read: number; readonly bytes?: Uint8Array };

/** From the thread. */
export type FromWriter =
  | { readonly kind: 'read'; readonly read: number; readonly run: number; readonly source: number }
  | { readonly kind: 'made'; readonly objects: readonly PlainObject[] }
  | { readonly kind: 'refused'; readonly error: PlainError };

/** An input whose files are read by who sent it. */
export interface PlainInput extends Omit<ResultInput, 'runs'> {
  readonly runs: readonly (Omit<ResultRun, 'sources'> & { readonly headers: readonly Uint8Array[] })[];
}

export interface PlainObject extends Omit<ResultObject, 'bytes' | 'kind'> {
  readonly kind: ResultKind;
  readonly bytes: Uint8Array;
}
