import { loadSubjectReferences, type SubjectReferences } from '@medserve/security';
import { pooledDecoder } from '../adapters/pooled-decoder';
import { routerDispatcher } from '../adapters/router-dispatcher';
import { CachingDispatcher } from '../caching/caching-dispatcher';
import { cachedModels } from '../caching/cached-model';
import { ResultContexts } from '../fhir/result-contexts';
import type { Wake } from '../infer/cold-start';
import type { Decoder, Dispatcher } from '../infer/ports';
import { ImagePreparation } from '../infer/prepare-image';
import { Road } from '../infer/road';
import { observedDispatcher } from '../oip/observed-dispatcher';
import { InferenceStatistics } from '../oip/statistics';
import { secretFile } from '../privacy/secret-files';
import { Doorkeeper } from '../quotas/doorkeeper';
import { openQuotas } from '../quotas/open-quotas';
import { UsageMeter } from '../usage/usage-meter';
import type { Ground, Start } from './open-ground';
import type { OpenedRecord } from './open-record';

const CACHED_ANSWER = { maxEntryBytes: 16 << 20, maxAgeMs: 600_000 };

/** What every request comes by, whatever protocol it is asked in: let in, prepared, dispatched, and its end on record. */
export interface OpenedRoad {
  readonly references: SubjectReferences;
  readonly doorkeeper: Doorkeeper;
  readonly decoder: Decoder;
  readonly preparation: ImagePreparation;
  /** Has a cold model started, for who finds it so. */
  readonly wake: Wake;
  readonly cache: CachingDispatcher;
  readonly statistics: InferenceStatistics;
  readonly dispatcher: Dispatcher;
  readonly contexts: ResultContexts;
  readonly road: Road;
}

/** @throws Error where the key of references to subjects cannot be read */
export function openRoad(start: Start, ground: Ground, { vault, records, outbox }: OpenedRecord): OpenedRoad {
  const { settings, context, lifecycle } = start;
  const { logger, instruments } = context;
  const { storage, owner, router, catalogue, threads } = ground;
  const { cache, statistics } = dispatching(start, ground);
  const dispatcher = observedDispatcher(cache, statistics);
  // What does not get through is tried again by the next who finds the model cold.
  const wake: Wake = (model) => void router.wake(model).catch(() => undefined);
  const references = loadSubjectReferences(secretFile(settings, 'references'));
  const decoder = pooledDecoder(threads, instruments);
  const preparation = new ImagePreparation({ wake, references, decoder, dispatcher, catalogue, instruments });
  const meter = lifecycle.add(
    'usage',
    new UsageMeter({ store: storage.usage, gateway: owner, instruments, logger, now: Date.now }).start(),
  );
  const clientConcurrency = settings.MEDSERVE_CLIENT_CONCURRENCY;
  const { quotas } = lifecycle.add(
    'quotas',
    openQuotas({ store: storage.quotas, owner, clientConcurrency, instruments, logger }),
  );
  ground.whenDoubted(() => {
    quotas.doubtSlots();
  });
  const doorkeeper = new Doorkeeper({ quotas, outbox, meter, instruments });
  const contexts = new ResultContexts({ store: storage.contexts, vault, references, now: () => new Date() });
  const road = new Road({
    dispatcher,
    records,
    instruments,
    logger,
    now: () => new Date(),
    references,
    meter,
    contexts: settings.MEDSERVE_RECORD === 'on' ? contexts : undefined,
  });
  lifecycle.add('road', { close: () => road.drain() });
  return { references, doorkeeper, decoder, preparation, wake, cache, statistics, dispatcher, contexts, road };
}

/** The way to the router, past the answers that are kept, and what is counted on it. */
function dispatching(
  { settings, context: { instruments } }: Start,
  { router, catalogue }: Ground,
): Pick<OpenedRoad, 'cache' | 'statistics'> {
  const statistics = new InferenceStatistics({ catalogue, instruments, now: Date.now });
  const cache = new CachingDispatcher({
    dispatcher: routerDispatcher(router, catalogue),
    modelOf: cachedModels(catalogue),
    limits: { maxBytes: settings.MEDSERVE_CACHE_BYTES, ...CACHED_ANSWER },
    observer: {
      looked: (model, outcome, elapsedMs) => {
        statistics.looked(model, outcome, elapsedMs);
      },
      changed: (entries, bytes) => {
        instruments.cacheEntries.set(entries);
        instruments.cacheBytes.set(bytes);
      },
    },
    now: () => performance.now(),
  });
  return { cache, statistics };
}
