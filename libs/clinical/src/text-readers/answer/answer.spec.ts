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
    ['No, there is no pneumothorax.', 'no'],
    ['"No": none is seen', 'no'],
    ['No, no fracture is seen.', 'no'],
    ['Yes', 'yes'],
    ['Yes, in the left lower lobe.', 'yes'],
    ['- yes', 'yes'],
    ['有。', 'yes'],
    ['没有', 'no'],
    ['无，两肺清晰。', 'no'],
    ['不是。', 'no'],
    ['Nein, es gibt keinen Erguss.', 'no'],
    ['sí', 'yes'],
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
      expect(warnings).toContainEqual(expect.stringContaining('neither yes nor no'));
    },
  );

  it('is not read from an answer that was cut', () => {
    const { answer: said, decision, warnings } = read('No', { form: 'closed' }, { finish: 'length' });
    expect(decision).toBe('abstained');
    expect(said).not.toHaveProperty('reply');
    expect(warnings).toContainEqual(expect.stringContaining('cut at its limit'));
  });
});

/** None of them is an answer, whatever the word at its beginning is. */
const NO_ANSWERS = [
  ...['No doubt there is a pneumothorax', 'No doubt, a fracture is visible.', 'No question: there is pneumonia.'],
  ...['No change: the pneumothorax is still present', 'No significant change; the effusion persists.'],
  ...['No fewer than two nodules', 'No less than three fractures', 'No longer: resolved', 'No wait, yes there is.'],
  ...[
    'No image was provided',
    'No, the image was not provided.',
    'No idea',
    'No comment.',
    'No, I cannot tell.',
    'N/A',
  ],
  ...['No abnormality is seen', 'No evidence against pneumonia', 'No one can exclude a fracture.', 'No-one can tell'],
  ...['No pneumothorax on the left, but there is one on the right', 'No, but a small effusion cannot be excluded.'],
  ...["'No' is incorrect: there is a fracture", '"Yes" would be wrong', 'Yes is not the answer', 'Yes: wrong'],
  ...[
    'No. Actually, yes, there is.',
    'No. A fracture is present.',
    'No, it is not absent.',
    'No. There is a fracture.',
    'No? Yes, on the left.',
    'No?',
    'Yes?',
    'No…',
    'No… yes',
  ],
  ...['No. 3 rib is fractured.', 'No. XII rib is fractured.', 'No 5 vertebra is collapsed', 'no-reflow'],
  ...['Non-specific opacity is seen', 'Non specific opacity, yes.', 'Non exclu', 'yes yes'],
  ...[
    'yes/no',
    'Yes / No',
    'yes, no',
    'Yes, and no.',
    'Yes - and no',
    'Yes or no?',
    'Yes.\nNo.',
    'Yes? No.',
    'yes\u200bno',
  ],
  ...[
    'Yes, probably not.',
    'Yes, probably.',
    'Yes, there is no effusion.',
    'Yes, no effusion is seen.',
    "Yes, it isn't.",
  ],
  ...[
    'Yes, if the lateral view confirms it',
    'Yes, unless it is an artefact',
    'Yes, although small',
    'Yes, however small',
  ],
  ...[
    'No se puede excluir',
    'No sé',
    'sí, no',
    'Sí, no se ve',
    'não sei',
    'Sim e não',
    'Não, mas há um',
    'No, hay un derrame.',
  ],
  ...['Oui et non', 'Oui, peut-être.', 'Non, il y a un épanchement.', 'ja nein', 'JA, nein', 'Nein, oder doch'],
  ...['да, нет', 'Да нет', 'Нет, но возможно.', 'نعم، لا', 'हाँ, नहीं', 'はい、いいえ', '네, 아니요', '예: 폐렴'],
  ...[
    '是，没有',
    '是的，没有积液',
    '否。右侧有气胸',
    '没有，左侧。右侧有。',
    '不，不能排除积液',
    '有, 不过很少',
    '没有异常',
    '有 没有',
  ],
];

describe('a text that begins like yes or no', () => {
  it.each(NO_ANSWERS)('says neither where it goes on otherwise: %s', (text) => {
    const { answer: closed, decision } = read(text, { form: 'closed' });
    expect(decision).toBe('abstained');
    expect(closed).not.toHaveProperty('reply');
    expect(read(text).answer).toMatchObject({ reply: { form: 'open' } });
  });

  it('is read in the language that was asked for, where one was', () => {
    expect(readClosed('Non.', 'fr')).toBe('no');
    expect(readClosed('Non.', 'en-GB')).toBeUndefined();
    expect(readClosed('ja', 'de')).toBe('yes');
    expect(readClosed('ja', 'en')).toBeUndefined();
    expect(readClosed('没有。', 'zh-Hans')).toBe('no');
    expect(readClosed('no', 'sw')).toBeUndefined();
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

  const named = (text: string, displays: readonly string[], form = 'single-choice', codes?: readonly string[]) => {
    const options = displays.map((display, index) => ({ code: codes?.[index] ?? `c${String(index)}`, display }));
    return readChoice(text, options, form === 'multiple-choice')?.map(({ display }) => display);
  };

  it('is answered by what the model was shown, a letter or a text, before a code that it never saw', () => {
    const densities = ['scattered', 'heterogeneous', 'extreme'];
    expect(named('B', densities, 'single-choice', ['b', 'c', 'd'])).toEqual(['heterogeneous']);
    expect(named('d', densities, 'single-choice', ['b', 'c', 'd'])).toEqual(['extreme']);
    expect(named('left', ['right', 'left'], 'single-choice', ['left', 'right'])).toEqual(['left']);
  });

  it('is answered by neither where a letter is the text of another option', () => {
    expect(named('B', ['B', 'C', 'D'])).toBeUndefined();
    expect(named('B. C', ['B', 'C', 'D'])).toEqual(['C']);
    expect(named('A', ['A', 'B', 'AB', 'O'])).toEqual(['A']);
  });

  it('is answered as it is written, and marks count only where they are around it', () => {
    const weightings = ['T1', 'T2', 'T2*'];
    expect(named('T2*', weightings)).toEqual(['T2*']);
    expect(named('T2*.', weightings)).toEqual(['T2*']);
    expect(named('T2', weightings)).toEqual(['T2']);
    expect(named('**T2*.**', weightings)).toEqual(['T2*']);
    expect(named('T2*', ['T1', 'T2'])).toBeUndefined();
    expect(named('"5".', ['5', '5.'])).toBeUndefined();
    expect(named('5.', ['5', '5.'])).toEqual(['5.']);
  });

  it.each([
    ['no effusion and pneumothorax', undefined],
    ['no effusion, pneumothorax', undefined],
    ['no effusion, no pneumothorax', undefined],
    ['effusion, no effusion', undefined],
    ['effusion, none', undefined],
    ['A, B', undefined],
    ['No pneumothorax or effusion', undefined],
    ['no effusion', ['no effusion']],
    ['pneumothorax, no effusion', ['no effusion', 'pneumothorax']],
    ['B, C', ['no effusion', 'pneumothorax']],
    ['effusion; pneumothorax', ['effusion', 'pneumothorax']],
  ])('is not answered by several where a negation may reach further: %s', (text, chosen) => {
    expect(named(text, ['effusion', 'no effusion', 'pneumothorax', 'none'], 'multiple-choice')).toEqual(chosen);
  });

  it.each([
    ['consolidation and effusion, upper', ['consolidation and effusion', 'upper']],
    ['left, upper, effusion', ['effusion', 'left, upper']],
    ['left, upper', ['left, upper']],
    ['effusion and consolidation', undefined],
    ['effusion, consolidation', ['effusion', 'consolidation']],
  ])('is answered by the longest of several that a list may name: %s', (text, chosen) => {
    const options = ['consolidation and effusion', 'effusion', 'consolidation', 'left, upper', 'upper'];
    expect(named(text, options, 'multiple-choice')).toEqual(chosen);
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
      fc.constantFrom('', '.', ', so it looks', '!'),
      (before, word, after) => {
        expect(readClosed(`${before}${word}${after}`)).toBe(word.toLowerCase());
      },
    ),
  );
});
