import type { Text } from '@medserve/clinical';
import { FINDINGS_TEXT, NO, YES } from '../codes/systems';
import type { Statement, Value } from './statement';

/** The answer to a question: by its code where the form was closed, in the model's words where it was open. */
export const ofText = (text: Text): Statement[] => [
  {
    key: 'text',
    code: FINDINGS_TEXT,
    value: valueOf(text),
    ...(text.rationale === undefined ? {} : { notes: [text.rationale] }),
  },
];

function valueOf({ text, reply }: Text): Value {
  switch (reply?.form) {
    case 'closed':
      return { kind: 'coded', codes: [reply.value === 'yes' ? YES : NO], text };
    case 'choice':
      return reply.chosen.length === 0 ? wordsOf(text) : { kind: 'coded', codes: reply.chosen, text };
    case 'open':
    case undefined:
      return wordsOf(text);
  }
}

const wordsOf = (text: string): Value => (text.trim() === '' ? { kind: 'abstained' } : { kind: 'text', text });
