import { languageName } from '../language/language-tag';
import { answerParameters, letterOf } from '../tasks/answer/parameters';
import { TEXT_READERS } from './registry';
import type { Asking } from './text-reader';

/** As `model.yaml` has it, with the parameters of the reader as they were checked when the package was loaded. */
export interface TypedPrompt {
  readonly template: string;
  readonly reader: string;
  readonly parameters: unknown;
}

const PLACE = /\{(question|phrase|language|region)\}/gu;

/**
 * The words of a typed task's prompt, from the template of its package: `{question}` is the request's question with its options
 * below, a letter each; `{phrase}` what is looked for; `{language}` the English name of the language that the answer is wanted in;
 * `{region}` a box as the model spells it. What the request does not say is left empty. Filled once, so that a question that holds
 * braces stays as it is.
 *
 * @throws ServingError `invalid_request` for what the model cannot be asked
 */
export function fillPrompt(prompt: TypedPrompt, asking: Asking): string {
  const { question = '', asked } = asking;
  const own = TEXT_READERS.get(prompt.reader)?.prompt?.(asking, prompt.parameters) ?? {};
  const { options = [], language } = answerParameters.parse(asked);
  const listed = options.map(({ display }, index) => `${letterOf(index)}. ${display}`);
  const words: Readonly<Record<string, string>> = {
    question: [question, ...listed].join('\n'),
    phrase: typeof asked['phrase'] === 'string' ? asked['phrase'] : '',
    language: language === undefined ? '' : languageName(language),
    ...own.words,
  };
  return (own.template ?? prompt.template).replace(PLACE, (_place, word: string) => words[word] ?? '');
}
