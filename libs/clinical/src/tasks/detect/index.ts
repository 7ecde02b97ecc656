import { defineTask } from '../task';

/** Where the things the model knows are, as regions with boxes. */
export const detect = defineTask({
  id: 'detect',
  title: 'Detect',
  answers: ['regions'],
  asksQuestion: false,
  isPublic: true,
});
