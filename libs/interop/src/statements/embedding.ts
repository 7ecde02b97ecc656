import type { Embedding } from '@medserve/clinical';
import type { Statement } from './statement';

/** That there is one: its numbers are for machines, which read them in the answer. */
export const ofEmbedding = ({ values }: Embedding): Statement[] => [
  {
    key: 'embedding',
    code: { code: 'embedding', display: 'Image embedding' },
    value: { kind: 'text', text: `${String(values.length)} numbers that stand for the image; they are no finding.` },
  },
];
