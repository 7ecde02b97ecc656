import type { ServingError } from '@medserve/errors';
import { toServingError } from '@medserve/errors';
import type { Dispatched, Dispatcher, DispatchOrder } from '../infer/ports';

/** Told of every request that goes to a model, whatever protocol it came by. */
export interface DispatchObserver {
  began(order: DispatchOrder): DispatchObservation;
}

/** Exactly one of the two is called, once. */
export interface DispatchObservation {
  answered(done: Dispatched): void;
  failed(error: ServingError): void;
}

export function observedDispatcher(dispatcher: Dispatcher, observer: DispatchObserver): Dispatcher {
  return {
    dispatch: async (order, options) => {
      const observation = observer.began(order);
      try {
        const done = await dispatcher.dispatch(order, options);
        observation.answered(done);
        return done;
      } catch (thrown) {
        observation.failed(toServingError(thrown));
        throw thrown;
      }
    },
  };
}
