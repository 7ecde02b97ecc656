import { defineTask } from '../task';

/** Which of the model's labels apply, with a score each. */
export const classify = defineTask({
  id: 'classify',
  title: 'Classify',
  answers: ['classification'],
  asksQuestion: false,
  isPublic: true,
});
