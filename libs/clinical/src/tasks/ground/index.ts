import { defineTask } from '../task';
import { groundParameters } from './parameters';

/** Where on the image a phrase is, as boxes, or none of it was found; and back, what is in a box, as text. */
export const ground = defineTask({
  id: 'ground',
  title: 'Ground a phrase',
  answers: ['regions', 'text'],
  asksQuestion: false,
  isPublic: true,
  parameters: groundParameters,
});
