import { late } from '../ui';

/*
 * What shows an answer: fetched while a person words a question, so that it is there even where the platform is away when the answer
 * should be shown.
 */

export const LateAnswerView = late(async () => (await import('../answer/answer-view')).AnswerView);

export const LateRecipesPanel = late(async () => (await import('../recipes/recipes-panel')).RecipesPanel);
