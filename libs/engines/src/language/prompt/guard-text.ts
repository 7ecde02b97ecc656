import type { ControlTokens } from '../text/control-tokens';
import { GUARD, plainText } from '../text/guard';

/** Makes what a caller wrote harmless in a template; `ControlTokens.cut` and `unguarded` come after it. */
export type GuardText = (text: string) => string;

/**
 * A caller's text must never become a control token: `<|im_end|>` in a question would end the turn, and what follows would pass
 * as somebody else's words. A template puts texts together before anything is tokenised, so the mark has to be in the text:
 * after every character with which a control token begins stands a guard, and before a text that could be the rest of a token
 * whose beginning the template wrote. A token that holds a guard is not found, and the guards are gone before the text is encoded.
 * Text that spells nothing of the kind is unchanged, so that templates may compare and search it.
 */
export function guardBy(control: ControlTokens): GuardText {
  const texts = control.all.map(({ text }) => text);
  const firsts = texts.map((text) => String.fromCodePoint(text.codePointAt(0) ?? 0));
  const begins = new RegExp(`[${firsts.map((first) => first.replace(/[\\\]^-]/, '\\$&')).join('')}]`, 'giu');
  const rests = new Set(
    texts.flatMap((text) => Array.from({ length: text.length - 1 }, (_, at) => text.slice(at + 1))),
  );
  const longest = Math.max(0, ...texts.map((text) => text.length));
  const continues = (text: string): boolean => {
    for (let length = Math.min(longest, text.length); length > 0; length -= 1)
      if (rests.has(text.slice(0, length))) return true;
    return text.length < longest && texts.some((token) => token.includes(text, 1));
  };
  return (text) => {
    const plain = plainText(text);
    const core = plain.trimStart();
    if (core === '') return plain;
    const inner = core.replace(begins, (character) => character + GUARD);
    return plain.slice(0, plain.length - core.length) + (continues(core) ? GUARD : '') + inner;
  };
}

export const unguarded = (text: string): string => text.replaceAll(GUARD, '');

/** Guards every text of a JSON value, names of members among them. */
export function guardValue(value: unknown, guard: GuardText): unknown {
  if (typeof value === 'string') return guard(value);
  if (Array.isArray(value)) return value.map((item) => guardValue(item, guard));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [guard(name), guardValue(member, guard)]));
}
