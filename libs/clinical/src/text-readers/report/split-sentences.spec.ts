import fc from 'fast-check';
import { splitSentences } from './split-sentences';

it.each([
  ['The heart is normal. No effusion.', ['The heart is normal.', 'No effusion.']],
  ['A nodule of 1.5 cm is seen in Fig. 2. It is new.', ['A nodule of 1.5 cm is seen in Fig. 2.', 'It is new.']],
  ['Seen by Dr. Smith. Stable vs. prior.', ['Seen by Dr. Smith.', 'Stable vs. prior.']],
  ['1. Clear lungs.\n2. No fracture.', ['1. Clear lungs.', '2. No fracture.']],
  ['Tubes, lines, etc. The rest is clear.', ['Tubes, lines, etc.', 'The rest is clear.']],
  [
    'No. 2 rib is intact. Pneumothorax? no. Edema? Yes!',
    ['No. 2 rib is intact.', 'Pneumothorax?', 'no.', 'Edema?', 'Yes!'],
  ],
  ['approx. five', ['approx. five']],
  ['The rt. base is clear.', ['The rt. base is clear.']],
  ['两肺清晰。未见实变；心影不大！', ['两肺清晰。', '未见实变；', '心影不大！']],
  ['右肺结节约 1.5 厘米。见 Fig. 2。', ['右肺结节约 1.5 厘米。', '见 Fig. 2。']],
  ['He said "clear." Then nothing', ['He said "clear."', 'Then nothing']],
  ['', []],
  ['no mark at all', ['no mark at all']],
])('tells the sentences of %s', (text, sentences) => {
  expect(splitSentences(text)).toEqual(sentences);
});

const word = fc.constantFrom(
  'lung',
  'clear',
  'Fig. 2',
  '1.5 cm',
  'Dr. Smith',
  '0.8 x 1.2 cm',
  'vs. prior',
  'e.g. Edema',
  'No. 7',
  '肺',
  'T2.1',
);
const sentence = fc
  .tuple(
    fc.constantFrom('The', 'A', 'No'),
    fc.array(word, { minLength: 1, maxLength: 8 }),
    fc.constantFrom('clear', 'small', 'ok'),
  )
  .map(([first, words, last]) => `${first} ${words.join(' ')} ${last}`);

it('finds the sentences that a text was made of, whatever numbers and abbreviations they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(sentence, fc.constantFrom('.', '!', '?', '。')), { maxLength: 6 }), (made) => {
      const sentences = made.map(([words, mark]) => words + mark);
      expect(splitSentences(sentences.join(' '))).toEqual(sentences);
    }),
  );
});

it('loses nothing but white space', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.array(word).map((words) => words.join('. ')),
      ),
      (text) => {
        const sentences = splitSentences(text);
        expect(sentences.join('').replace(/\s+/gu, '')).toBe(text.replace(/\s+/gu, ''));
        expect(sentences.every((each) => each !== '' && each === each.trim())).toBe(true);
      },
    ),
  );
});

it('is not held up by a model that repeats itself without end', () => {
  for (const text of ['.'.repeat(100_000) + 'x', 'a'.repeat(100_000) + ' x. y', 'Dr. '.repeat(25_000).trim()])
    expect(splitSentences(text)).toEqual([text]);
});
