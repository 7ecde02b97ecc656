import { TASKS } from './registry';

const check = (task: string, parameters: unknown) => TASKS.get(task)?.parameters?.safeParse(parameters);
const fieldOf = (task: string, parameters: unknown) => check(task, parameters)?.error?.issues[0]?.path.join('.');

const options = [
  { code: 'a', display: 'Left' },
  { code: 'b', display: 'Right' },
];

describe('parameters of a question', () => {
  it('may give options, a form and a language, beside what the model knows', () => {
    const parameters = { options, form: 'single-choice', language: 'zh-hans', temperature: 0.2 };
    expect(check('answer', parameters)?.data).toEqual({ ...parameters, language: 'zh-Hans' });
    expect(check('answer', {})?.success).toBe(true);
  });

  it.each([
    ['options', { options: options.slice(1) }],
    ['options', { options: [...options, { code: 'c', display: ' LEFT ' }] }],
    ['options', { options: [...options, { code: 'A', display: 'Middle' }] }],
    ['options', { options: [options[1], options[0]] }],
    ['options', { options: [options[0], { code: 'left', display: 'Right' }] }],
    ['options', { options, form: 'closed' }],
    ['options', { form: 'multiple-choice' }],
    ['options.0.display', { options: [{ code: 'a' }, ...options] }],
    ['form', { form: 'essay' }],
    ['language', { language: 'klingon language' }],
  ])('are refused by the name of what is wrong: %s', (field, parameters) => {
    expect(fieldOf('answer', parameters)).toBe(field);
  });
});

describe('parameters of grounding', () => {
  const region = { x: 0, y: 0, width: 5, height: 5 };

  it('are a phrase or a region', () => {
    expect(check('ground', { phrase: 'the tube' })?.success).toBe(true);
    expect(check('ground', { region })?.success).toBe(true);
  });

  it.each([
    ['phrase', {}],
    ['phrase', { phrase: 'the tube', region }],
    ['phrase', { phrase: ' ' }],
    ['region.width', { region: { ...region, width: 0 } }],
  ])('are refused otherwise: %s', (field, parameters) => {
    expect(fieldOf('ground', parameters)).toBe(field);
  });
});
