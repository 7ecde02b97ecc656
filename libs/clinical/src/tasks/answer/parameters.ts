import { z } from 'zod';
import { languageTag } from '../../language/language-tag';

const option = z.strictObject({
  code: z.string().min(1).max(64),
  system: z.string().min(1).max(256).optional(),
  display: z.string().trim().min(1).max(256),
});

const MOST_OPTIONS = 26;

/** As an option's text is compared with an answer: case, width and space do not matter. */
export const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase().replace(/\s+/gu, ' ');

/** The letter that stands for an option in the list that the model is shown. */
export const letterOf = (index: number): string => String.fromCodePoint(0x41 + index);

/** Whether no code reads like what the model is shown of another option: its answer might mean either. */
const areCodesClear = (options: readonly z.infer<typeof option>[]): boolean =>
  options.every(({ code }, index) =>
    options.every(
      ({ display }, other) => other === index || ![plain(display), plain(letterOf(other))].includes(plain(code)),
    ),
  );

const isApart = (texts: readonly string[]): boolean => new Set(texts.map(plain)).size === texts.length;

/**
 * How a question may be answered. `form` absent: by choosing where there are options, otherwise freely, where a text that begins
 * with yes or no counts as that.
 */
export const answerParameters = z
  .looseObject({
    form: z.enum(['closed', 'open', 'single-choice', 'multiple-choice']).optional(),
    options: z.array(option).min(2).max(MOST_OPTIONS).optional(),
    language: languageTag.optional(),
  })
  .refine(({ options = [] }) => isApart(options.map(({ code }) => code)), {
    path: ['options'],
    message: 'two options have the same code',
  })
  .refine(({ options = [] }) => isApart(options.map(({ display }) => display)), {
    path: ['options'],
    message: 'two options read the same',
  })
  .refine(({ options = [] }) => areCodesClear(options), {
    path: ['options'],
    message: 'the code of an option is the letter (A for the first) or the text of another',
  })
  .refine(({ form, options }) => form === undefined || form.endsWith('-choice') === (options !== undefined), {
    path: ['options'],
    message: 'options are given where one or several are to be chosen, and only there',
  });

export type AnswerParameters = z.infer<typeof answerParameters>;
export type Option = z.infer<typeof option>;
