import type { RouterClient } from '@medserve/rpc';
import type { Closable } from '@medserve/runtime';
import type { Storage } from '@medserve/storage';

const HEALTH_EVERY_MS = 1_000;

/** What the gateway cannot serve without and does not reach at the moment; empty: it is ready. */
export async function missingParts(storage: Storage, router: RouterClient): Promise<readonly string[]> {
  const hasDatabase = await storage.ping().then(
    () => true,
    () => false,
  );
  return [...(hasDatabase ? [] : ['database']), ...(router.ready() ? [] : ['router'])];
}

/** Keeps `grpc.health.v1` at what `/readyz` says. */
export function watchHealth(
  health: { set(serving: boolean): void },
  missing: () => Promise<readonly string[]>,
): Closable {
  const look = (): void => {
    void missing().then((parts) => {
      health.set(parts.length === 0);
    });
  };
  look();
  const timer = setInterval(look, HEALTH_EVERY_MS);
  return {
    close: () => {
      clearInterval(timer);
      health.set(false);
      return Promise.resolve();
    },
  };
}
