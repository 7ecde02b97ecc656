import type { RouterClient } from '@medserve/rpc';
import type { Instruments, Logger } from '@medserve/runtime';
import type { ModelDefaultStore } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { LiveCatalogue } from '../infer/live-catalogue';
import { CardShelf } from './card-shelf';
import { DefaultVersions } from './default-versions';
import { ModelDefaults } from './model-defaults';
import { ModelDetailing } from './model-details';

export interface ModelRoomParts {
  readonly store: ModelDefaultStore;
  readonly catalogue: LiveCatalogue;
  readonly router: Pick<RouterClient, 'card'>;
  readonly activities: Activities;
  readonly instruments: Pick<Instruments, 'modelDefaultsUnkept'>;
  readonly logger: Logger;
}

/** What is told of models, and chosen for them. */
export interface ModelRoom {
  readonly details: ModelDetailing;
  readonly defaults: ModelDefaults;
  close(): Promise<void>;
}

/** Resolves when the choices of default versions are known and hold. */
export async function openModels(parts: ModelRoomParts): Promise<ModelRoom> {
  const { store, catalogue, router, activities, instruments, logger } = parts;
  const known = await new DefaultVersions({
    store,
    catalogue,
    logger,
    onUnkept: (count) => {
      instruments.modelDefaultsUnkept.set(count);
    },
  }).start();
  const defaults = new ModelDefaults({ catalogue, known, store, activities });
  const details = new ModelDetailing({ catalogue, cards: new CardShelf(router), defaults });
  return { details, defaults, close: () => known.close() };
}
