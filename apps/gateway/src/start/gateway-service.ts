import { Lifecycle, type RunningService, type Service } from '@medserve/runtime';
import { Denials } from '../activities/denials';
import { BodyBudget } from '../http/body-budget';
import { gatewayIdentity } from '../identity/identity';
import { DEFAULT_LIMITS } from '../infer/limits';
import { openModels } from '../models/open-models';
import { oversightOf, tellDenials } from '../oversight/oversight';
import { ResultReader } from '../records/result-reader';
import { settingsSchema, type GatewaySettings } from '../settings';
import { openSignIn, sessionLimits } from '../sign-in';
import { openDoors } from './open-doors';
import { openGround, type Start } from './open-ground';
import { openProtocols } from './open-protocols';
import { openRecord } from './open-record';
import { openRoad } from './open-road';
import { openStudies } from './open-studies';

/** To close what is behind the doors, beside the time for what runs. */
const CLOSE_MS = 1_000;

/** The composition root of the gateway: which adapter answers which port, and the order in which things end. */
export const gatewayService: Service<GatewaySettings> = {
  name: 'gateway',
  settings: settingsSchema,
  async start(settings, context) {
    const lifecycle = new Lifecycle(context.logger, context.drainMs + CLOSE_MS);
    try {
      return await begin({ settings, context, lifecycle });
    } catch (error) {
      await lifecycle.close();
      throw error;
    }
  },
};

/** Opens what a gateway is made of, from the ground up: what stands on something is opened after it, and closed before. */
async function begin(start: Start): Promise<RunningService> {
  const { settings, context, lifecycle } = start;
  const { logger, instruments } = context;
  const ground = await openGround(start);
  const { storage, router, catalogue } = ground;
  const record = openRecord(start, ground);
  const { vault, records, activities } = record;
  const models = lifecycle.add(
    'models',
    await openModels({ store: storage.modelDefaults, catalogue, router, activities, instruments, logger }),
  );
  const identity = gatewayIdentity(settings, { storage, limits: sessionLimits(settings), activities, logger });
  const road = openRoad(start, ground, record);
  const { references, contexts, preparation } = road;
  const denials = new Denials(activities);
  lifecycle.add('denials', tellDenials(denials));
  const studies = lifecycle.add(
    'studies',
    await openStudies({
      settings,
      storage,
      records,
      contexts,
      preparation,
      road: road.road,
      activities,
      denials,
      doorkeeper: road.doorkeeper,
      references,
      url: identity.url,
      holder: ground.owner,
      instruments,
      logger,
    }),
  );
  const budget = new BodyBudget(DEFAULT_LIMITS.bodiesInFlightBytes);
  const protocols = openProtocols(start, ground, record, road, budget);
  const oversight = oversightOf({
    storage,
    activities,
    denials,
    results: new ResultReader(records),
    models: protocols.models,
    references,
    vault,
    instruments,
  });
  const signIns = openSignIn({ settings, storage, identity, activities, denials, logger });
  const behind = { ground, record, models, identity, road, studies, protocols, oversight, signIns, budget };
  const { http, grpc, missing } = await openDoors(start, behind);
  identity.url.listening(http.url);
  const page = settings.MEDSERVE_CONSOLE_DIR === undefined ? {} : { console: `${http.url}/` };
  const addresses = { url: http.url, grpc: grpc.address, ...page, ...studies.addresses(http.url) };
  return { addresses, missing, close: () => lifecycle.close() };
}
