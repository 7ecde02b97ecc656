import { canBeIn } from '../language/detect-language';
import type { TextReading } from './text-reader';

const CUT = 'The answer was cut at its limit of tokens; what is missing is not known.';

const SIZE_STATED =
  'The text states a size: it is words of a model, not a measurement. Measurements come with the answer kind "measurements".';

const WRONG_SCRIPT = 'The answer does not seem to be in the language that was asked for, by its script.';

/** A number before a unit of length, area or volume in the metric system; `×` and `x` join the sides of a thing. */
const SIZE = /\d\s*(?:mm|cm|ml|cc|millimet(?:er|re)s?|centimet(?:er|re)s?|毫米|厘米|公分|毫升|мм|см)(?![a-z])/iu;

const statesSize = (text: string): boolean => SIZE.test(text);

/** What a reader of any text of a model ought to know. */
export function cautionsOf({ finish, asked }: Pick<TextReading, 'finish' | 'asked'>, text: string): string[] {
  const language = asked['language'];
  return [
    ...(finish === 'length' ? [CUT] : []),
    ...(finish === 'grammar' ? ['The model had no token that fits the form of the answer; it may be incomplete.'] : []),
    ...(statesSize(text) ? [SIZE_STATED] : []),
    ...(typeof language === 'string' && !canBeIn(language, text) ? [WRONG_SCRIPT] : []),
  ];
}
