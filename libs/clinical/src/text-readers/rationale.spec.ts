import fc from 'fast-check';
import { tellApart } from './rationale';

const MARKS = { open: '<why>', close: '</why>' };

it('takes every rationale out of a text, in order, and keeps the rest', () => {
  expect(tellApart({ text: '<why>one</why>Yes<why> two </why>.', reasoning: ' zero ' }, MARKS)).toEqual({
    text: 'Yes.',
    rationale: 'zero\none\ntwo',
  });
});

it('leaves a text alone that has none, or whose package knows none', () => {
  expect(tellApart({ text: ' Yes </why> ' }, MARKS)).toEqual({ text: 'Yes </why>' });
  expect(tellApart({ text: '<why>one</why>Yes' })).toEqual({ text: '<why>one</why>Yes' });
});

it('shows no opening mark, whatever was written', () => {
  const piece = fc.constantFrom('<why>', '</why>', 'a', ' ', '<');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const { text, rationale = '' } = tellApart({ text: pieces.join('') }, MARKS);
      expect(text.includes('<why>') && pieces.filter((each) => each === '<').length === 0).toBe(false);
      expect(text.length + rationale.length).toBeLessThanOrEqual(pieces.join('').length);
    }),
  );
});
