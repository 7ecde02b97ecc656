import { answerForm, type AnswerForm } from './answer-form';

describe('what of an inspection is asked for', () => {
  it.each<[string | undefined, AnswerForm]>([
    [undefined, 'description'],
    ['*/*', 'description'],
    ['application/json', 'description'],
    ['application/x-nifti', 'pixels'],
    ['multipart/form-data', 'both'],
    ['Multipart/Form-Data; q=0.9, application/json', 'both'],
    ['text/html, application/x-nifti;q=0.1', 'pixels'],
    ['application/x-nifti;q=0, */*', 'description'],
    ['not a list', 'description'],
  ])('by Accept: %s', (accept, form) => {
    expect(answerForm(accept)).toBe(form);
  });
});
