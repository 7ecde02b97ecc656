import type { RouterClient } from '@medserve/rpc';
import type { LiveCatalogue } from '../infer/live-catalogue';
import { optional } from '../infer/model-words';
import type { Dispatcher } from '../infer/ports';

/** The road to the models: the router's long-lived stream. Versions that somebody chose go with the requests that name none. */
export function routerDispatcher(
  router: Pick<RouterClient, 'dispatch'>,
  catalogue: Pick<LiveCatalogue, 'pinned'>,
): Dispatcher {
  return {
    dispatch: (order, { signal, onProgress, onDelta }) =>
      router.dispatch(
        { ...order, ...optional('model', catalogue.pinned(order)) },
        {
          signal,
          onDelta,
          ...(onProgress === undefined
            ? {}
            : {
                onProgress: (phase: string, percent: number, expectedMs: number) => {
                  onProgress({ phase, percent, expectedMs });
                },
              }),
        },
      ),
  };
}
