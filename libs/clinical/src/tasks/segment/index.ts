import { defineTask } from '../task';

/** Which pixels belong to which structure, as regions with masks, and what follows from them. */
export const segment = defineTask({
  id: 'segment',
  title: 'Segment',
  answers: ['regions'],
  asksQuestion: false,
  isPublic: true,
});
