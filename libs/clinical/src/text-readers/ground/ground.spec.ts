import { ServingError } from '@medserve/errors';
import { fillPrompt } from '../fill-prompt';
import { reading, VOLUME } from '../testing/reading';
import { ground } from './index';

const parameters = ground.parameters.parse({ coordinates: 100 });
const asked = { phrase: 'the largest disc' };
const read = (text: string, more = {}) => ground.read(reading(text, { asked, ...more }), parameters);

describe('the places of a phrase', () => {
  it('are regions in pixels of the image, under the words that were looked for', () => {
    const { answer, decision, warnings, evidence } = read('[10,20,30,40] [50,0,60,10]');
    const label = { code: 'phrase', display: 'the largest disc' };
    expect(answer).toEqual({
      kind: 'regions',
      frame: { width: 200, height: 100 },
      regions: [
        { id: 'r1', label, box: { x: 20, y: 20, width: 40, height: 20 } },
        { id: 'r2', label, box: { x: 100, y: 0, width: 20, height: 10 } },
      ],
    });
    expect([decision, warnings]).toEqual(['answered', []]);
    expect(evidence).toEqual([{ kind: 'boxes', form: 'brackets', written: 2, given: 2 }]);
  });

  it.each(['not found', 'Not found.', 'Not  Found', ' not found! '])(
    'may be none, where the model says so: %s',
    (text) => {
      expect(read(text)).toMatchObject({
        answer: { kind: 'regions', regions: [] },
        decision: 'answered',
        evidence: [{ kind: 'boxes' }, { kind: 'not-found' }],
        warnings: [],
      });
    },
  );

  it.each([
    ['It is in the upper left part.', 'no box'],
    ['', 'no box'],
    ['[10,20,30,40] [1,2,3]', 'malformed'],
    ['not found [10,20,30,40]', 'words that deny'],
    ['[10,20,30,40] is not the disc', 'words that deny'],
    ['There is no disc at [10,20,30,40]', 'words that deny'],
    ['不是 [10,20,30,40]', 'words that deny'],
    ['A disc was not found on the left, but there is one on the right at (10,10,20,20)', 'no box'],
    ['It cannot be said that it was not found', 'no box'],
    ['not found: [10;10;20;20]', 'no box'],
    ['[+1,2,3,4] not found', 'no box'],
    ['Not found? It is in the upper part.', 'no box'],
    ['[99.999,99.999,100,100]', 'malformed'],
    ['[10,20,30,40]'.repeat(257), 'more boxes'],
  ])('are left to a person where they cannot be read: %.40s', (text, words) => {
    const { answer, decision, warnings } = read(text);
    expect(answer).toMatchObject({ kind: 'regions', regions: [] });
    expect(decision).toBe('abstained');
    expect(warnings[0]).toContain(words);
  });

  it('are given where only the phrase itself holds a negation', () => {
    const more = { asked: { phrase: 'non-displaced fracture' } };
    expect(read('The non-displaced fracture is at [10,20,30,40].', more).decision).toBe('answered');
  });

  it('are not all there where the answer was cut', () => {
    expect(read('[10,20,30,40]', { finish: 'length' })).toMatchObject({
      answer: { regions: [{}] },
      decision: 'abstained',
    });
  });

  it('are told with a warning where a box was clipped', () => {
    expect(read('[-1,20,30,40]').warnings).toContainEqual(expect.stringContaining('clipped'));
  });

  it('are not read in a volume', () => {
    expect(() => read('[1,2,3,4]', { input: VOLUME })).toThrow('volumes');
  });
});

describe('the way back, from a box to words', () => {
  const back = ground.parameters.parse({ coordinates: 100, describe: 'What is in {region}?' });
  const region = { x: 20, y: 20, width: 40, height: 20 };
  const ask = (box: object, checked = back) =>
    fillPrompt(
      { template: 'Where is {phrase}?', reader: 'ground', parameters: checked },
      reading('', { asked: { region: box } }),
    );

  it('asks with the box as the model spells it, and answers in words', () => {
    expect(ask(region)).toBe('What is in [10,20,30,40]?');
    expect(ground.read(reading('No, a cross.', { asked: { region } }), back).answer).toMatchObject({
      kind: 'text',
      text: 'No, a cross.',
      reply: { form: 'open' },
    });
  });

  it('is refused where the box reaches beyond the image, or the model cannot', () => {
    expect(() => ask({ ...region, width: 400 })).toThrow(ServingError);
    expect(() => ask(region, parameters)).toThrow('does not describe regions');
  });
});
