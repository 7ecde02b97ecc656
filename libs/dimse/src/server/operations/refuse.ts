import type { Outcome } from '../handler';
import type { Call, Operation } from './operation';

/** An operation that is answered when it is whole, whatever its data set holds. */
export function answerWith(call: Call, outcome: Outcome): Operation {
  return {
    take: () => undefined,
    perform: async () => {
      await call.respond(outcome);
      return outcome.status;
    },
    cancel: () => undefined,
    abandon: () => undefined,
  };
}
