import { defineTask } from '../task';

/** A turn of a conversation, which may speak of images. Asked by conversations only: what is said before decides the answer. */
export const chat = defineTask({
  id: 'chat',
  title: 'Converse',
  answers: ['text'],
  asksQuestion: false,
  isPublic: false,
});
