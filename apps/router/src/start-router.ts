import { RouterService } from '@medserve/contracts';
import { KIND_DEFAULTS } from '@medserve/fleet';
import { ROUTER_DISPATCH, serveFrames, startGrpcServer } from '@medserve/rpc';
import { OUTLIER_RULES, RetryBudget } from '@medserve/serving';
import { DemandBoard } from './demand/demand-board';
import type { PoolTerms } from './demand/scaling-pool';
import { watchDemand } from './demand/watch-demand';
import { Directory } from './directory';
import { discover } from './discover';
import { Dispatcher } from './dispatcher';
import { Fleet } from './fleet';
import { Operator } from './operator';
import { Orders } from './orders';
import { ScaledPods, StandingPods } from './pod-group';
import { getModelCard, listModels, loadModel, unloadModel, wakeModel, watchModels } from './router-methods';
import type { DescribedPool, RouterSettings } from './settings';
import { tracedRoutes } from './traced-routes';
import { Traffic } from './traffic';

export interface RunningRouter {
  /** host:port */
  readonly address: string;
  /** Lets running requests end within a grace period. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5_000;
/** Share of the grace after which who still waits is told to go elsewhere: cut off, it would have to fear that it was worked on. */
const WAIT_UNTIL = 0.75;
/** Streams do not know who is urgent: they let in more than the router keeps, and it refuses the right ones. */
const STREAM_FACTOR = 4;
/** What a slot is worth where no pool is described, in cost units. */
const USUAL_UNITS_PER_SLOT = 16;

/** Of a model that no described pool names. */
const ownTerms =
  (requests: number) =>
  (name: string): PoolTerms => ({
    name,
    unitsPerSlot: USUAL_UNITS_PER_SLOT,
    lingerMs: KIND_DEFAULTS.cpu.lingerMs,
    waiting: { requests, forMs: Number.POSITIVE_INFINITY },
    isScaled: false,
  });

const termsOf = ({ description }: DescribedPool): PoolTerms => ({
  name: description.name,
  unitsPerSlot: description.unitsPerSlot,
  lingerMs: description.scaling.lingerMs,
  waiting: description.waiting,
  isScaled: true,
});

/** Starts the router; resolves when it listens. Pods may come later. */
export async function startRouter(settings: RouterSettings): Promise<RunningRouter> {
  const { logger, maxInFlight = 1_024, maxBytesInFlight = 2 * 2 ** 30, maxInFlightPerHost = 512 } = settings;
  const { graceMs = CLOSE_GRACE_MS, maxQueuePerModel = 512, outliers = OUTLIER_RULES, random = Math.random } = settings;
  const traffic = new Traffic(settings.observer);
  const orders = new Orders();
  const directory = new Directory();
  const retries = new RetryBudget(settings.retries);
  const board = new DemandBoard(traffic.observer);
  const described = (settings.pools ?? []).map((pool) => ({
    group: new ScaledPods(pool, board.pool(termsOf(pool))),
    sources: pool.description.pods,
  }));
  const standing = { group: new StandingPods(), sources: settings.pods };
  const found = [...described, standing];
  const groups = found.map(({ group }) => group);
  const fleet = new Fleet(groups, board, orders, logger, {
    maxInFlightPerHost,
    termsOf: ownTerms(maxQueuePerModel),
    outliers,
    retries,
    traffic,
    random,
    tls: settings.tls,
  });
  fleet.onChange(() => {
    directory.update(fleet.catalogue);
  });
  const discovery = discover(found, fleet, logger, settings.resolveHost);
  const limits = { maxInFlight, maxBytes: maxBytesInFlight };
  const dispatcher = new Dispatcher(fleet, directory, traffic, limits);
  const operator = new Operator(fleet, orders);
  const end = (): void => {
    discovery.close();
    fleet.close();
    board.close();
  };
  const server = await startGrpcServer({
    listen: settings.listen,
    security: settings.tls?.serve(['gateway', 'scaler']),
    graceMs,
    register: (grpc, closing) => {
      const dispatch = serveFrames({
        handle: tracedRoutes(settings.tracer, (request) => dispatcher.dispatch(request)),
        maxInFlight: STREAM_FACTOR * maxInFlight,
        closing,
        // A gateway that is told sends what is new to the router in this one's place, and not here for as long as anything runs.
        leaving: closing,
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
          getModelCard: getModelCard(fleet),
          watchDemand: watchDemand(board, closing),
        },
      );
    },
  }).catch((error: unknown) => {
    end();
    throw error;
  });
  logger.info('the router serves', { address: server.address, count: fleet.members.length });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const giveBack = setTimeout(() => {
      fleet.giveBack();
    }, WAIT_UNTIL * graceMs);
    await server.close();
    clearTimeout(giveBack);
    end();
  };
  return { address: server.address, close: () => (closing ??= close()) };
}
