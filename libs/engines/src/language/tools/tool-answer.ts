import type { StopTexts } from '../text/stop-texts';
import { Ledger, type AnswerParts } from './answer-parts';
import { callId } from './call-id';
import { CLOSE, OPEN } from './call-form';
import { JsonEnd } from './json-end';

type State =
  | { readonly kind: 'text' }
  /** After the tag, before it is known which function is meant: with the white space before it, which stays if it is text. */
  | { readonly kind: 'head'; readonly before: string }
  | { readonly kind: 'arguments'; readonly end: JsonEnd }
  /** The call is told; the rest up to the closing tag says nothing. */
  | { readonly kind: 'tail' };

const HEAD = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)/;

/** What follows the tag, after white space of JSON, is no object. */
const NO_CALL = /^[ \t\n\r]*[^ \t\n\r{]/;

/** Characters at the end of the text that may be the beginning of the mark. */
function partOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}

function nameIn(quoted: string | undefined): string | undefined {
  try {
    return quoted === undefined ? undefined : (JSON.parse(quoted) as string);
  } catch {
    return undefined;
  }
}

/** A call that was written in another order than usual: of arguments that are an object, as everywhere. */
function wholeCall(body: string): { name: unknown; arguments: string } | undefined {
  try {
    const value = JSON.parse(body) as { name?: unknown; arguments?: unknown; parameters?: unknown } | null;
    const given = value?.arguments ?? value?.parameters ?? {};
    return value && typeof given === 'object' && !Array.isArray(given)
      ? { name: value.name, arguments: JSON.stringify(given) }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Tells calls from text while it is written. A call leaves as soon as its function is known, its arguments piece by piece; what
 * stands between tags but calls none of the tools is text, and so is a tag that nothing like a call follows. White space around calls
 * belongs to them. A call that was begun and that the limit cut before it is known what it calls is neither: nobody asked for the
 * marks it is written with.
 */
export class ToolAnswer implements AnswerParts {
  readonly #ledger: Ledger;
  #state: State = { kind: 'text' };
  #pending = '';

  /** @param demanded whether the answer is calls and nothing else: then its end is no text, however it was cut */
  constructor(
    private readonly names: ReadonlySet<string>,
    private readonly parallel: boolean,
    private readonly demanded = false,
    stops?: StopTexts,
  ) {
    this.#ledger = new Ledger(stops);
  }

  get text(): string {
    return this.#ledger.text;
  }

  get calls(): AnswerParts['calls'] {
    return this.#ledger.calls;
  }

  get complete(): boolean {
    return !this.parallel && this.calls.length > 0 && (this.#state.kind === 'text' || this.#state.kind === 'tail');
  }

  get stopped(): boolean {
    return this.#ledger.stopped;
  }

  take(): ReturnType<AnswerParts['take']> {
    return this.#ledger.take();
  }

  push(text: string): void {
    this.#pending += text;
    // After a stop text comes nothing, calls neither.
    while (!this.stopped && this.#step());
  }

  flush(isCut: boolean): void {
    if (!this.stopped) this.#end(isCut);
    this.#ledger.flush();
    this.#pending = '';
  }

  #end(isCut: boolean): void {
    if (this.#state.kind === 'head') {
      if (!this.#call(this.#pending) && !isCut && !this.demanded)
        this.#write(this.#state.before + OPEN + this.#pending);
    } else if (this.#state.kind === 'text' && !this.demanded) this.#write(this.#pending);
  }

  /** @returns whether more can be read of what is pending */
  #step(): boolean {
    switch (this.#state.kind) {
      case 'text':
        return this.#readText();
      case 'head':
        return this.#readHead(this.#state.before);
      case 'arguments':
        return this.#readArguments(this.#state.end);
      case 'tail': {
        const at = this.#pending.indexOf(CLOSE);
        this.#pending = at < 0 ? this.#pending.slice(-CLOSE.length) : this.#pending.slice(at + CLOSE.length);
        if (at >= 0) this.#state = { kind: 'text' };
        return at >= 0;
      }
    }
  }

  #readText(): boolean {
    const at = this.#pending.indexOf(OPEN);
    if (at >= 0) {
      const text = this.#pending.slice(0, at).trimEnd();
      this.#write(text);
      this.#state = { kind: 'head', before: this.#pending.slice(text.length, at) };
      this.#pending = this.#pending.slice(at + OPEN.length);
      return true;
    }
    const open = this.#pending.length - partOf(OPEN, this.#pending);
    const free = this.#pending.slice(0, open).trimEnd().length;
    this.#write(this.#pending.slice(0, free));
    this.#pending = this.#pending.slice(free);
    return false;
  }

  #readHead(before: string): boolean {
    if (!this.demanded && NO_CALL.test(this.#pending)) {
      this.#write(before + OPEN);
      this.#state = { kind: 'text' };
      return true;
    }
    const head = HEAD.exec(this.#pending);
    const name = nameIn(head?.[1]);
    if (head && name !== undefined && this.names.has(name)) {
      this.#ledger.call(callId(), name);
      this.#pending = this.#pending.slice(head[0].length);
      this.#state = { kind: 'arguments', end: new JsonEnd() };
      return true;
    }
    const at = this.#pending.indexOf(CLOSE);
    if (at < 0) return false;
    const body = this.#pending.slice(0, at);
    if (!this.#call(body)) this.#write(before + OPEN + body + CLOSE);
    this.#pending = this.#pending.slice(at + CLOSE.length);
    this.#state = { kind: 'text' };
    return true;
  }

  #readArguments(end: JsonEnd): boolean {
    const length = end.take(this.#pending, 0);
    this.#ledger.argue(this.#pending.slice(0, length));
    this.#pending = this.#pending.slice(length);
    if (end.done) this.#state = { kind: 'tail' };
    return end.done;
  }

  /** @returns whether the body calls one of the tools */
  #call(body: string): boolean {
    const call = wholeCall(body);
    if (typeof call?.name !== 'string' || !this.names.has(call.name)) return false;
    this.#ledger.call(callId(), call.name);
    this.#ledger.argue(call.arguments);
    return true;
  }

  /** After a call white space alone is none. */
  #write(text: string): void {
    if (text === '' || (this.calls.length > 0 && text.trim() === '')) return;
    this.#ledger.write(text);
  }
}
