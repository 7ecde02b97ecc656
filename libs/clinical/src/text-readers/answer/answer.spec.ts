import fc from 'fast-check';
import { reading } from '../testing/reading';
import { readClosed } from './closed';
import { readChoice } from './choice';
import { answer } from './index';

const OPTIONS = [
  { code: 'ap', display: 'AP' },
  { code: 'pa', system: 'urn:views', display: 'PA' },
  { code: 'lat', display: 'Lateral view' },
];

const read = (text: string, asked: Record<string, unknown> = {}, more = {}) =>
  answer.read(reading(text, { asked, ...more }), answer.parameters.parse({}));

describe('a question for yes or no', () => {
  it.each([
    ['Yes.', 'yes'],
    ['**Yes**, there is an effusion.', 'yes'],
    ['no pneumothorax is seen', 'no'],
    ['No.', 'no'],
    ['是', 'yes'],
    ['否。', 'no'],
    ['はい、あります。', 'yes'],
    ['نعم', 'yes'],
  ])('is answered by how the text begins: %s', (text, value) => {
    const { answer: said, decision } = read(text, { form: 'closed' });
    expect(said).toMatchObject({ kind: 'text', text, reply: { form: 'closed', value } });
    expect(decision).toBe('answered');
  });

  it.each(['Normal heart size.', 'Yesterday it was there', 'Northern pole', '不明', 'yes and no', 'The answer is yes'])(
    'is left to a person where the text begins with neither: %s',
    (text) => {
      const { answer: said, decision, warnings } = read(text, { form: 'closed' });
      expect(said).not.toHaveProperty('reply');
      expect(said).toMatchObject({ text });
      expect(decision).toBe('abstained');
      expect(warnings).toContain('The answer is neither yes nor no.');
    },
  );

  it('is not read from an answer that was cut', () => {
    const { answer: said, decision, warnings } = read('No', { form: 'closed' }, { finish: 'length' });
    expect(decision).toBe('abstained');
    expect(said).not.toHaveProperty('reply');
    expect(warnings).toContainEqual(expect.stringContaining('cut at its limit'));
  });
});

describe('a question of no form', () => {
  it('is yes or no only where the text says nothing else in its first clause', () => {
    expect(read('No.').answer).toMatchObject({ reply: { form: 'closed', value: 'no' } });
    expect(read('yes').answer).toMatchObject({ reply: { form: 'closed', value: 'yes' } });
    expect(read('No acute findings.').answer).toMatchObject({ reply: { form: 'open' } });
    expect(read('Right lower lobe').answer).toMatchObject({ reply: { form: 'open' } });
  });

  it('stays open where free words were asked for', () => {
    expect(read('Yes.', { form: 'open' }).answer).toMatchObject({ reply: { form: 'open' } });
  });

  it('is not answered by silence', () => {
    expect(read(' \n')).toMatchObject({ decision: 'abstained', warnings: ['The model wrote no answer.'] });
  });
});

describe('a question with options', () => {
  it.each(['PA', 'pa', 'B', '(b)', 'B.', 'b) PA', 'B: pa.', '"PA".', '**B**', 'ＰＡ'])(
    'is answered by one: %s',
    (text) => {
      const { answer: said, decision } = read(text, { options: OPTIONS });
      expect(said).toMatchObject({ reply: { form: 'choice', chosen: [OPTIONS[1]] } });
      expect(decision).toBe('answered');
    },
  );

  it.each(['Oblique', 'D', 'PA or AP', 'A and B', 'B. Lateral view', 'probably PA', 'A patient'])(
    'is answered by none of them otherwise, whatever comes near: %s',
    (text) => {
      const { answer: said, decision, warnings } = read(text, { options: OPTIONS });
      expect(said).toMatchObject({ kind: 'text', text });
      expect(said).not.toHaveProperty('reply');
      expect(decision).toBe('abstained');
      expect(warnings[0]).toContain('none of the options');
    },
  );

  it('may be answered by several where that was asked for, in the order of the options', () => {
    const asked = { options: OPTIONS, form: 'multiple-choice' };
    for (const text of ['C, A', '(c) and (a)', 'Lateral view; AP', 'A. AP\nC. Lateral view', 'A、C']) {
      expect(read(text, asked).answer).toMatchObject({ reply: { form: 'choice', chosen: [OPTIONS[0], OPTIONS[2]] } });
    }
    expect(read('C, A, oblique', asked).decision).toBe('abstained');
  });

  it('never chooses what was not offered', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, isMultiple) => {
        const chosen = readChoice(text, OPTIONS, isMultiple) ?? [];
        expect(OPTIONS).toEqual(expect.arrayContaining([...chosen]));
        expect(chosen.length).toBeLessThanOrEqual(isMultiple ? OPTIONS.length : 1);
      }),
    );
  });

  it('finds every option by its letter, its code and its words', () => {
    const word = fc.stringMatching(/^[a-z]{2,8}( [a-z]{2,8})?$/u);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 26 }), fc.nat(), (displays, at) => {
        const options = displays.map((display, index) => ({ code: `c-${String(index)}`, display }));
        const index = at % options.length;
        const letter = String.fromCodePoint(0x41 + index);
        const display = displays[index] as string;
        for (const text of [letter, `${letter}. ${display}`, display, `c-${String(index)}`])
          expect(readChoice(text, options, false)).toEqual([options[index]]);
      }),
    );
  });
});

describe('what stands beside an answer', () => {
  it('is the rationale in a field of its own, by the marks of the package or as the engine tells it', () => {
    const marks = answer.parameters.parse({ rationale: { open: '<think>', close: '</think>' } });
    const said = answer.read(
      reading('<think>Both bases are clear.</think>\nNo.', { asked: { form: 'closed' } }),
      marks,
    );
    expect(said.answer).toMatchObject({ text: 'No.', rationale: 'Both bases are clear.', reply: { value: 'no' } });
    expect(read('No.', {}, { reasoning: ' Clear. ' }).answer).toMatchObject({ text: 'No.', rationale: 'Clear.' });
  });

  it('is no answer where the thoughts never ended', () => {
    const marks = answer.parameters.parse({ rationale: { open: '<think>', close: '</think>' } });
    expect(answer.read(reading('<think>Yes, but', { finish: 'length' }), marks)).toMatchObject({
      answer: { text: '', rationale: 'Yes, but' },
      decision: 'abstained',
    });
  });

  it('is how probable its words were to the model', () => {
    const token = (probability: number) => ({ token: 'x', logprob: Math.log(probability), bytes: [], top: [] });
    expect(read('yes', {}, { logprobs: [token(0.9), token(0.4)] }).confidence).toEqual({ tokenProbability: 0.6 });
    expect(read('yes').confidence).toEqual({});
  });

  it('is a warning where a length is stated, which no model of words has measured', () => {
    for (const text of ['A nodule of 12 mm.', 'about 3x4cm', '结节约 5 毫米', '1.5 centimetres'])
      expect(read(text).warnings).toContainEqual(expect.stringContaining('not a measurement'));
    expect(read('2 masses, 3 months old').warnings).toEqual([]);
  });

  it('is a warning where it is not in the language that was asked for', () => {
    expect(read('未见异常', { language: 'en' }).warnings).toContainEqual(expect.stringContaining('language'));
    expect(read('未见异常', { language: 'zh' })).toMatchObject({ answer: { language: 'zh' }, warnings: [] });
  });
});

describe('an answer that rests on places', () => {
  const grounded = answer.parameters.parse({
    boxes: { coordinates: 100 },
    rationale: { open: '<why>', close: '</why>' },
    needs: ['rationale', 'regions'],
  });
  const readGrounded = (text: string, asked: Record<string, unknown> = { form: 'closed' }) =>
    answer.read(reading(text, { asked }), grounded);

  it('has them as regions beside its words', () => {
    expect(readGrounded('<why>The angle is blunt.</why> Yes [10,20,30,40].')).toMatchObject({
      answer: {
        text: 'Yes.',
        rationale: 'The angle is blunt.',
        reply: { form: 'closed', value: 'yes' },
        parts: [{ kind: 'regions', regions: [{ id: 'r1', box: { x: 20, y: 20, width: 40, height: 20 } }] }],
      },
      decision: 'answered',
    });
  });

  it.each([
    ['Yes [10,20,30,40].', 'gives no reason'],
    ['<why>The angle is blunt.</why> Yes.', 'names no place'],
    ['<why>The angle is blunt.</why> Yes [10,20].', 'malformed'],
  ])('abstains where one is missing or spoilt, and keeps its words: %s', (text, words) => {
    const { answer: said, decision, warnings } = readGrounded(text);
    expect(decision).toBe('abstained');
    expect(said).toMatchObject({ kind: 'text', text: 'Yes.' });
    expect(warnings).toContainEqual(expect.stringContaining(words));
  });
});

it('reads yes and no alike whatever stands around them', () => {
  const around = fc.stringMatching(/^[ "'*(\n]{0,4}$/u);
  fc.assert(
    fc.property(
      around,
      fc.constantFrom('yes', 'Yes', 'NO', 'no'),
      fc.constantFrom('', '.', ', it is', '!'),
      (before, word, after) => {
        expect(readClosed(`${before}${word}${after}`, false)).toBe(word.toLowerCase());
      },
    ),
  );
});
