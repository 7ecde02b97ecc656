import type { RouterClient } from '@medserve/rpc';
import type { Dispatcher } from '../infer/ports';

/** The road to the models: the router's long-lived stream. */
export function routerDispatcher(router: RouterClient): Dispatcher {
  return {
    dispatch: (order, { signal, onProgress, onDelta }) =>
      router.dispatch(order, {
        signal,
        onDelta,
        ...(onProgress === undefined
          ? {}
          : {
              onProgress: (phase: string, percent: number, expectedMs: number) => {
                onProgress({ phase, percent, expectedMs });
              },
            }),
      }),
  };
}
