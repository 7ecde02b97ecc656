import { defineTask } from '../task';

/** Quantities with UCUM units, computed from pixels and geometry, never by a language model. */
export const measure = defineTask({
  id: 'measure',
  title: 'Measure',
  answers: ['measurements'],
  asksQuestion: false,
  isPublic: true,
});
