import { fillPrompt } from './fill-prompt';
import { reading } from './testing/reading';

const fill = (template: string, question: string | undefined, asked: Record<string, unknown> = {}): string =>
  fillPrompt({ template, reader: 'answer', parameters: {} }, reading('', { question, asked }));

it('puts the question in, with its options below', () => {
  const options = [
    { code: '1', display: 'Left' },
    { code: '2', display: 'Right' },
  ];
  expect(fill('Q: {question}', 'Which side?', { options })).toBe('Q: Which side?\nA. Left\nB. Right');
});

it('leaves empty what was not asked, and what a caller wrote as it is', () => {
  expect(fill('{question}|{phrase}|{language}', undefined)).toBe('||');
  expect(fill('{question}', 'Is {phrase} $& there?', { phrase: 'x' })).toBe('Is {phrase} $& there?');
  expect(fill('{other} {phrase}', '', { phrase: 'a nodule' })).toBe('{other} a nodule');
});

it('names the language that is wanted', () => {
  expect(fill('Answer in {language}.', '', { language: 'zh-Hans' })).toBe('Answer in Simplified Chinese.');
});
