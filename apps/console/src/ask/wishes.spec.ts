import { FIRST_WISHES, missingIn, modelOf, offerOf, requestOf, wordsOf, type Wishes } from './wishes';
import { descriptionOf, OFFERS } from './testing';

const wishes = (some: Partial<Wishes> = {}): Wishes => ({ ...FIRST_WISHES, ...some });
const KNOWN = descriptionOf();
const UNKNOWN = descriptionOf({ detected: null, served: null, choices: [{ id: 'radiology', title: 'Radiology' }] });
const AGAINST = descriptionOf({ declared: 'fundus', served: 'fundus' });

describe('what is asked', () => {
  it('is what the platform would do by itself, as long as nobody says otherwise', () => {
    expect(requestOf(KNOWN, wishes())).toEqual({ task: 'classify', class: 'routine' });
  });

  it('names a model only where one was chosen', () => {
    const chosen = wishes({ model: 'net:1' });
    const [offer] = OFFERS;
    expect(offer && modelOf(offer, wishes())).toMatchObject({ version: '2' });
    expect(requestOf(KNOWN, chosen)).toMatchObject({ model: 'net:1' });
    expect(requestOf(KNOWN, wishes({ model: 'gone:9' }))).toMatchObject({ model: 'net:2' });
  });

  it('declares a modality where nothing else says it, and where a person saw it otherwise', () => {
    expect(missingIn(UNKNOWN, wishes())).toBe('modality');
    expect(requestOf(UNKNOWN, wishes({ modality: 'radiology' }))).toMatchObject({ modality: 'radiology' });
    expect(requestOf(AGAINST, wishes({ modality: 'fundus' }))).toMatchObject({ modality: 'fundus' });
    expect(requestOf(KNOWN, wishes())).not.toHaveProperty('modality');
  });

  it('insists on it only when a person does', () => {
    expect(requestOf(AGAINST, wishes())).not.toHaveProperty('allowMismatch');
    expect(requestOf(AGAINST, wishes(), true)).toMatchObject({ allowMismatch: true });
  });

  it('is told in the words that go with it, and not in those of another task', () => {
    const typed = wishes({ question: 'Is it large?', phrase: 'the heart' });
    expect(wordsOf(KNOWN, typed)).toBe('');
    expect(wordsOf(KNOWN, { ...typed, task: 'answer' })).toBe('Is it large?');
    expect(wordsOf(KNOWN, { ...typed, task: 'ground' })).toBe('the heart');
  });

  it('cannot be asked of a modality that no model serves', () => {
    expect(offerOf(AGAINST, wishes())).toBeUndefined();
    expect(missingIn(AGAINST, wishes())).toBe('task');
  });

  it('has a question, and options with codes, only where the task knows them', () => {
    const asked = {
      question: ' Which side? ',
      form: 'single-choice',
      options: 'left\n\n right ',
      language: 'es',
    } as const;
    expect(requestOf(KNOWN, wishes(asked))).toEqual({ task: 'classify', class: 'routine' });
    expect(requestOf(KNOWN, wishes({ ...asked, task: 'answer' }))).toEqual({
      task: 'answer',
      question: 'Which side?',
      parameters: {
        form: 'single-choice',
        options: [
          { code: 'choice:1', display: 'left' },
          { code: 'choice:2', display: 'right' },
        ],
        language: 'es',
      },
      class: 'routine',
    });
  });

  it.each([
    ['question', { task: 'answer', question: ' ' }],
    ['options', { task: 'answer', question: '?', form: 'multiple-choice', options: 'one' }],
    ['too-many-options', { task: 'answer', question: '?', form: 'single-choice', options: 'x\n'.repeat(27) }],
    ['phrase', { task: 'ground' }],
    [undefined, { task: 'ground', phrase: 'the disc' }],
  ] as const)('lacks %s', (missing, some) => {
    expect(missingIn(KNOWN, wishes(some))).toBe(missing);
  });
});
