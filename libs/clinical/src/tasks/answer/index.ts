import { defineTask } from '../task';
import { answerParameters } from './parameters';

/** The answer to a question about the image: yes or no, one or several of the options given, or free words. */
export const answer = defineTask({
  id: 'answer',
  title: 'Answer a question',
  answers: ['text'],
  asksQuestion: true,
  isPublic: true,
  parameters: answerParameters,
});
