import { defineTask } from '../task';

/** A vector that stands for the image, for retrieval and novelty. */
export const embed = defineTask({
  id: 'embed',
  title: 'Embed',
  answers: ['embedding'],
  asksQuestion: false,
  isPublic: true,
});
