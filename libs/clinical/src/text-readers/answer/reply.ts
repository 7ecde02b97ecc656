import type { Coded, Reply } from '../../answers/answer';
import type { AnswerParameters, Option } from '../../tasks/answer/parameters';
import { readChoice } from './choice';
import { readClosed } from './closed';

const NEITHER = 'The answer is neither yes nor no, or takes it back.';
const NO_OPTION = 'The answer is none of the options, or more than one where one was asked for.';
const NOTHING = 'The model wrote no answer.';

export interface ReadReply {
  /** That was asked for, or that the text turned out to have. */
  readonly form: string;
  /** Absent where the text is not of that form; `warning` says so. */
  readonly reply?: Reply;
  readonly warning?: string;
}

const OPEN: ReadReply = { form: 'open', reply: { form: 'open' } };

/** What a text says in the form that was asked for. @param isCut whether it was cut at its limit */
export function readReply(text: string, { form, options, language }: AnswerParameters, isCut: boolean): ReadReply {
  if (text === '') return { form: form ?? 'none', warning: NOTHING };
  if (options !== undefined) {
    const isMultiple = form === 'multiple-choice';
    const chosen = isCut ? undefined : readChoice(text, options, isMultiple);
    const read: ReadReply = { form: isMultiple ? 'multiple-choice' : 'single-choice' };
    return chosen === undefined
      ? { ...read, warning: NO_OPTION }
      : { ...read, reply: { form: 'choice', chosen: chosen.map(coded) } };
  }
  if (form === 'open') return OPEN;
  const value = isCut ? undefined : readClosed(text, language);
  if (value !== undefined) return { form: 'closed', reply: { form: 'closed', value } };
  return form === 'closed' ? { form, warning: NEITHER } : OPEN;
}

const coded = ({ code, system, display }: Option): Coded => ({
  code,
  ...(system === undefined ? {} : { system }),
  display,
});
