import { defineTask } from '../task';

/** What was imaged, asked of the pixels when no header says it. */
export const recognise = defineTask({
  id: 'recognise',
  title: 'Recognise the modality',
  answers: ['classification'],
  asksQuestion: false,
  isPublic: false,
});
