import { defineTask } from '../task';

/** Which pixels belong to which structure, as regions with masks or throughout a volume, and what follows from them. */
export const segment = defineTask({
  id: 'segment',
  title: 'Segment',
  answers: ['regions', 'segmentation'],
  asksQuestion: false,
  isPublic: true,
});
