/* Members of the answers of models that write. */

const text = { type: 'string' };
const coded = {
  type: 'object',
  required: ['code', 'display'],
  properties: { code: text, system: text, display: text },
};

/** Of the kinds `text` and `report`. */
export const WRITTEN_ANSWER = {
  text: { type: 'string', description: 'Of `text`: the answer as it was written, without its rationale' },
  reply: {
    description: 'Of `text`: what it says in the form that was asked for; absent where it could not be read as that',
    oneOf: [
      {
        type: 'object',
        required: ['form', 'value'],
        properties: { form: { const: 'closed' }, value: { enum: ['yes', 'no'] } },
      },
      {
        type: 'object',
        required: ['form', 'chosen'],
        properties: { form: { const: 'choice' }, chosen: { type: 'array', items: coded } },
      },
      { type: 'object', required: ['form'], properties: { form: { const: 'open' } } },
    ],
  },
  rationale: { type: 'string', description: 'Why, in the words of the model: an output to be checked' },
  language: { type: 'string', description: 'BCP 47, as detected by script: `und-Latn` of any text in Latin letters' },
  sections: {
    type: 'array',
    description: 'Of `report`',
    items: {
      type: 'object',
      required: ['code', 'title', 'sentences'],
      properties: {
        code: { type: 'string', examples: ['findings', 'impression', 'other'] },
        title: text,
        sentences: {
          type: 'array',
          items: {
            type: 'object',
            required: ['text', 'regions'],
            properties: {
              text,
              regions: { type: 'array', items: text, description: 'Ids of regions in `parts` of the same answer' },
              rationale: text,
            },
          },
        },
      },
    },
  },
};
