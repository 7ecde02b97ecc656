import type { RouterClient } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import type { LiveCatalogue } from './live-catalogue';

const FIRST_CATALOGUE_MS = 30_000;
/** Long enough for a router that starts at the same time. */
const TELL_AFTER_MS = 3_000;

/** Follows the router's catalogue; resolves when it has told it once, so that "ready" means that models can be named. */
export function firstCatalogue(router: RouterClient, catalogue: LiveCatalogue, logger: Logger): Promise<void> {
  return new Promise((resolve, reject) => {
    const slow = setTimeout(() => {
      logger.warn('the router has not told its models yet; the gateway serves when it has');
    }, TELL_AFTER_MS);
    const timer = setTimeout(() => {
      reject(new Error('the router did not tell its models in time'));
    }, FIRST_CATALOGUE_MS);
    router.watchModels((models, status) => {
      catalogue.update(models, status);
      if (models.length === 0 && !status.complete) return;
      clearTimeout(timer);
      clearTimeout(slow);
      resolve();
    });
  });
}
