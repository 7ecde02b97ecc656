import { defineTask } from '../task';
import { reportParameters } from './parameters';

/** A draft report in sections of sentences, with the places that the sentences speak of where the model tells them. */
export const report = defineTask({
  id: 'report',
  title: 'Report',
  answers: ['report'],
  asksQuestion: false,
  isPublic: true,
  parameters: reportParameters,
});
