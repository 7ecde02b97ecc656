import { PROBLEM_TYPE, toProblem } from '../http/problem';
import type { Prepared } from '../infer/prepared';
import type { WrittenText } from './written-text';

/**
 * A request whose answer is read while it is written. Its record vouches for the words that left before the answer did: whatever the
 * request ends in holds their hash; a problem, which is stored as it is, a keyed one, as words can be about a patient and short ones be guessed.
 */
export function readAlong(prepared: Prepared, written: WrittenText): Prepared {
  return {
    ...prepared,
    onDelta: ({ choice, text = '' }) => {
      if (choice === 0) written.push(text);
    },
    compose: (composition) => {
      const streamed = written.sha256;
      return prepared.compose(streamed === undefined ? composition : { ...composition, streamed });
    },
    composeCutOff: (error, keyed) => {
      if (written.text === '') return undefined;
      const streamed = { hmacSha256: keyed(written.text) };
      const problem = { ...toProblem(error, prepared.subject.request), streamed };
      return { bytes: Buffer.from(JSON.stringify(problem)), contentType: PROBLEM_TYPE };
    },
  };
}
