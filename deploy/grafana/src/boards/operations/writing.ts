import type { Section } from '../../kit/board';
import { graph } from '../../kit/kinds';
import { THIRD } from './shared';

/** Models that write. */
export const writing: Section = {
  title: 'Models that write',
  closed: true,
  panels: [
    graph({
      ...THIRD,
      title: 'Slots in use',
      about: 'Answers that are being written, of those that can be at once.',
      unit: 'percentunit',
      limits: { warn: 0.8, bad: 0.95 },
      queries: [
        {
          expr: 'sum by (model) (medserve_writing_busy_slots) / sum by (model) (medserve_writing_slots)',
          legend: '{{model}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Tokens',
      about: 'prompt: read; cached: of these, found from an earlier request; written.',
      unit: 'none',
      queries: [
        {
          expr: 'sum by (model, kind) (rate(medserve_writing_tokens_total[$__rate_interval]))',
          legend: '{{model}} {{kind}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'First token, 95 of 100',
      about: 'From the start of an answer to its first token.',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (model, le) (rate(medserve_writing_first_token_seconds_bucket[5m])))',
          legend: '{{model}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Rows of a step',
      about: 'How many answers a step of the decoder carries: near the slots is full, near 1 is empty.',
      unit: 'none',
      queries: [
        {
          expr: 'sum by (model) (rate(medserve_writing_rows_total[5m])) / sum by (model) (rate(medserve_writing_steps_total[5m]))',
          legend: '{{model}}',
        },
      ],
    }),
    graph({
      ...THIRD,
      title: 'Kept of prompts and images',
      about: 'Memory that models hold of earlier prompts and images.',
      unit: 'bytes',
      queries: [{ expr: 'sum by (model) (medserve_writing_cache_bytes)', legend: '{{model}}' }],
    }),
    graph({
      ...THIRD,
      title: 'Key-value cache of servers elsewhere',
      about: 'Of the fullest server of each pool. Near 1 answers are begun again.',
      unit: 'percentunit',
      limits: { warn: 0.85, bad: 0.95 },
      queries: [{ expr: 'max by (model) (medserve_writing_pool_cache_ratio)', legend: '{{model}}' }],
    }),
  ],
};
