import { RouterService, type WatchModelsRequest, type WatchModelsResponse } from '@medserve/contracts';
import { ROUTER_DISPATCH, serveFrames, startGrpcServer, streamMethod, toModel, unaryMethod } from '@medserve/rpc';
import { Dispatcher } from './dispatcher';
import { Fleet } from './fleet';
import type { RouterSettings } from './settings';

export interface RunningRouter {
  /** host:port */
  readonly address: string;
  /** Lets running requests end within a grace period. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5_000;

function watchModels(fleet: Fleet, closing: AbortSignal) {
  return streamMethod<WatchModelsRequest, WatchModelsResponse>(async (_request, send, { signal }) => {
    let changed: () => void = () => undefined;
    const wake = (): void => {
      changed();
    };
    const stop = fleet.onChange(wake);
    const ended = AbortSignal.any([signal, closing]);
    ended.addEventListener('abort', wake, { once: true });
    try {
      while (!ended.aborted) {
        // Armed before the catalogue is read, so that no change is missed between reading and waiting.
        const next = new Promise<void>((resolve) => {
          changed = resolve;
        });
        if (fleet.known) await send({ models: fleet.catalogue.map(toModel) });
        await next;
      }
    } finally {
      stop();
    }
  });
}

/** Starts the router; resolves when it listens. Pods may come later. */
export async function startRouter(settings: RouterSettings): Promise<RunningRouter> {
  const { logger, maxInFlight = 1024, maxBytesInFlight = 2 * 2 ** 30, maxInFlightPerHost = 512 } = settings;
  const { random = Math.random, onInFlight = () => undefined } = settings;
  const fleet = new Fleet(settings.pods, maxInFlightPerHost);
  const dispatcher = new Dispatcher(fleet, { maxInFlight, maxBytes: maxBytesInFlight }, random, onInFlight);
  const server = await startGrpcServer({
    listen: settings.listen,
    graceMs: CLOSE_GRACE_MS,
    register: (grpc, closing) => {
      grpc.addService(
        { ...RouterService, dispatch: ROUTER_DISPATCH },
        {
          dispatch: serveFrames({ handle: (request) => dispatcher.dispatch(request), maxInFlight, closing }),
          listModels: unaryMethod(() => Promise.resolve({ models: fleet.catalogue.map(toModel) })),
          watchModels: watchModels(fleet, closing),
        },
      );
    },
  }).catch((error: unknown) => {
    fleet.close();
    throw error;
  });
  logger.info('the router serves', { address: server.address, count: settings.pods.length });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await server.close();
    fleet.close();
  };
  return { address: server.address, close: () => (closing ??= close()) };
}
