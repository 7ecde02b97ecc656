import type { TEXTS } from './messages';

type Text = (key: keyof (typeof TEXTS)['en']) => string;

const TASKS = ['answer', 'classify', 'detect', 'embed', 'ground', 'measure', 'report', 'segment'] as const;
const MODALITIES = ['radiology', 'pathology', 'fundus', 'ct3d', 'mr3d'] as const;

/** What an image that shows clearly what it is may still be declared as. */
export const DECLARABLE = { image: ['radiology', 'pathology', 'fundus'], volume: ['ct3d', 'mr3d'] } as const;

/** A task in the reader's language; one that this page does not know as the platform calls it. */
export function taskName(t: Text, { task, title }: { readonly task: string; readonly title: string }): string {
  const known = TASKS.find((id) => id === task);
  return known === undefined ? title : t(known);
}

/** A modality in the reader's language; one that this page does not know as the platform calls it. */
export function modalityName(t: Text, { id, title }: { readonly id: string; readonly title?: string | null }): string {
  const known = MODALITIES.find((one) => one === id);
  return known === undefined ? (title ?? id) : t(known);
}
