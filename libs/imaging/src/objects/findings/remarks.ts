import type { AnswerDocument } from '@medserve/clinical';

export const isSaid = (text: string): boolean => text.trim() !== '';

/** What a model warns of beside all that it found. An answer that abstains has its warnings as its one finding. */
export const remarksOf = ({ decision, warnings }: AnswerDocument): string[] =>
  decision === 'abstained' ? [] : warnings.filter(isSaid);
