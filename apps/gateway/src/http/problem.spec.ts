import { ServingError } from '@medserve/errors';
import { errorOfProblem, toProblem } from './problem';

const problemOf = (problem: object) => errorOfProblem({ bytes: Buffer.from(JSON.stringify(problem)) });

describe('a problem that a request ended in', () => {
  it('is told as the error that it was', () => {
    const error = new ServingError('too_large', 'Too large.', { field: 'files', limit: '1' });
    const { reason, message, field, limit } = problemOf(toProblem(error, 'id'));
    expect({ reason, message, field, limit }).toEqual({
      reason: 'too_large',
      message: 'Too large.',
      field: 'files',
      limit: '1',
    });
  });

  it.each(['unheard_of', 'toString'])('is ours where its code is none: %s', (code) => {
    expect(problemOf({ code, detail: 'No.' }).reason).toBe('internal');
  });
});
