import type { AnswerDocument } from '@medserve/clinical';
import { call } from '../api';
import type { Origin } from '../answer/provenance-panel';

export interface TensorDocument extends Origin {
  readonly tensors: readonly {
    readonly name: string;
    readonly datatype: string;
    readonly shape: readonly number[];
    readonly sha256: string;
  }[];
}

/** What a request ended in, where that is no problem. */
export type Result =
  | { readonly kind: 'answer'; readonly document: AnswerDocument }
  | { readonly kind: 'tensors'; readonly document: TensorDocument }
  /** Of a chat as OpenAI's clients have it. `isPartial`: it was cut off while it streamed. */
  | { readonly kind: 'written'; readonly texts: readonly string[]; readonly raw: string; readonly isPartial: boolean }
  | { readonly kind: 'other'; readonly raw: string };

/** Says of what is read from the record how the request ended, where it was not completed. */
const STATUS = 'medserve-status';
const EVENT_STREAM = 'text/event-stream';

/** Reads what is on record of a request; that it is read stands in the ledger. @throws ApiError, also of the problem that it ended in */
export async function readResult(id: string, signal: AbortSignal): Promise<Result> {
  const response = await call(`/v1/results/${encodeURIComponent(id)}`, { headers: { accept: '*/*' }, signal });
  const contentType = response.headers.get('content-type') ?? '';
  return parseResult(contentType, await response.text(), response.headers.get(STATUS) !== null);
}

export function parseResult(contentType: string, raw: string, isPartial = false): Result {
  if (contentType.startsWith(EVENT_STREAM)) return { kind: 'written', texts: wordsOfStream(raw), raw, isPartial };
  const document = parse(raw);
  if (isAnswer(document)) return { kind: 'answer', document };
  if (isTensors(document)) return { kind: 'tensors', document };
  const texts = wordsOfCompletion(document);
  return texts === undefined ? { kind: 'other', raw } : { kind: 'written', texts, raw, isPartial };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasOrigin = (document: Readonly<Record<string, unknown>>): boolean => {
  const { provenance } = document;
  return (
    isObject(provenance) &&
    isObject(provenance['model']) &&
    isObject(provenance['record']) &&
    isObject(provenance['timings']) &&
    Array.isArray(provenance['inputs'])
  );
};

const isAnswer = (document: unknown): document is AnswerDocument =>
  isObject(document) &&
  isObject(document['answer']) &&
  isObject(document['confidence']) &&
  Array.isArray(document['warnings']) &&
  Array.isArray(document['evidence']) &&
  hasOrigin(document);

const isTensors = (document: unknown): document is TensorDocument =>
  isObject(document) && Array.isArray(document['tensors']) && hasOrigin(document);

/** The words of each choice of a completion of OpenAI's API; undefined where it is none. */
function wordsOfCompletion(document: unknown): readonly string[] | undefined {
  if (!isObject(document) || !Array.isArray(document['choices'])) return undefined;
  return document['choices'].map((choice: unknown) => wordsOf(choice, 'message'));
}

const wordsOf = (choice: unknown, member: 'message' | 'delta'): string => {
  const message = isObject(choice) ? choice[member] : undefined;
  const content = isObject(message) ? message['content'] : undefined;
  return typeof content === 'string' ? content : '';
};

/** The words of each choice, of the chunks of a stream put together. */
function wordsOfStream(raw: string): readonly string[] {
  const texts: string[] = [];
  for (const line of raw.split('\n')) {
    const chunk = line.startsWith('data:') ? parse(line.slice('data:'.length)) : undefined;
    if (!isObject(chunk) || !Array.isArray(chunk['choices'])) continue;
    for (const choice of chunk['choices'] as unknown[]) {
      const place = isObject(choice) && typeof choice['index'] === 'number' ? choice['index'] : 0;
      texts[place] = (texts[place] ?? '') + wordsOf(choice, 'delta');
    }
  }
  return texts;
}
