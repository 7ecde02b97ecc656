import { RouterService } from '@medserve/contracts';
import { ROUTER_DISPATCH, serveFrames, startGrpcServer } from '@medserve/rpc';
import { OUTLIER_RULES, RetryBudget } from '@medserve/serving';
import { Directory } from './directory';
import { Dispatcher } from './dispatcher';
import { Fleet } from './fleet';
import { Operator } from './operator';
import { Orders } from './orders';
import { listModels, loadModel, unloadModel, wakeModel, watchModels } from './router-methods';
import type { RouterSettings } from './settings';
import { Traffic } from './traffic';

export interface RunningRouter {
  /** host:port */
  readonly address: string;
  /** Lets running requests end within a grace period. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5_000;
/** Streams do not know who is urgent: they let in more than the router keeps, and it refuses the right ones. */
const STREAM_FACTOR = 4;

/** Starts the router; resolves when it listens. Pods may come later. */
export async function startRouter(settings: RouterSettings): Promise<RunningRouter> {
  const { logger, maxInFlight = 1_024, maxBytesInFlight = 2 * 2 ** 30, maxInFlightPerHost = 512 } = settings;
  const { maxQueuePerModel = 512, outliers = OUTLIER_RULES, random = Math.random } = settings;
  const traffic = new Traffic(settings.observer);
  const orders = new Orders();
  const directory = new Directory();
  const retries = new RetryBudget(settings.retries);
  const fleet = new Fleet(settings.pods, orders, logger, {
    maxInFlightPerHost,
    maxQueue: maxQueuePerModel,
    outliers,
    retries,
    traffic,
    random,
    tls: settings.tls,
  });
  fleet.onChange(() => {
    directory.update(fleet.catalogue);
  });
  const limits = { maxInFlight, maxBytes: maxBytesInFlight };
  const dispatcher = new Dispatcher(fleet, directory, traffic, limits);
  const operator = new Operator(fleet, orders);
  const server = await startGrpcServer({
    listen: settings.listen,
    security: settings.tls?.serve(['gateway', 'scaler']),
    graceMs: CLOSE_GRACE_MS,
    register: (grpc, closing) => {
      const dispatch = serveFrames({
        handle: (request) => dispatcher.dispatch(request),
        maxInFlight: STREAM_FACTOR * maxInFlight,
        closing,
      });
      grpc.addService(
        { ...RouterService, dispatch: ROUTER_DISPATCH },
        {
          dispatch,
          listModels: listModels(fleet),
          watchModels: watchModels(fleet, closing),
          loadModel: loadModel(operator),
          unloadModel: unloadModel(operator),
          wakeModel: wakeModel(dispatcher),
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
