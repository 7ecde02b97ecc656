import { inWordsOfToday } from './older-drafts';

it.each([
  [{ minimum: 0, exclusiveMinimum: true }, { exclusiveMinimum: 0 }],
  [{ minimum: 0, exclusiveMinimum: false }, { minimum: 0 }],
  [
    { maximum: 9, exclusiveMaximum: true, type: 'number' },
    { type: 'number', exclusiveMaximum: 9 },
  ],
  [{ exclusiveMaximum: true }, {}],
  [{ items: [true, false] }, { prefixItems: [true, false] }],
  [
    { items: [true], additionalItems: false },
    { prefixItems: [true], items: false },
  ],
  [{ items: [] }, {}],
  [
    { items: { type: 'null' }, additionalItems: false },
    { items: { type: 'null' }, additionalItems: false },
  ],
  [
    { exclusiveMinimum: 1, minimum: 2, prefixItems: [true] },
    { exclusiveMinimum: 1, minimum: 2, prefixItems: [true] },
  ],
])('%j is said by %j today', (schema, today) => {
  expect(inWordsOfToday(schema)).toEqual(today);
});
