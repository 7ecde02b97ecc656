import type { router as Router } from '../router';

/**
 * Fetches what the other pages are made of, once the first one is there and the browser has nothing better to do: then a reader can
 * go to them while the platform is away or a new version of it is put in its place.
 */
export function preloadPages(router: typeof Router): void {
  const fetchAll = (): void => {
    for (const route of Object.values(router.routesById)) {
      // One that cannot be fetched now is fetched, or its failure told, when somebody goes there.
      router.loadRouteChunk(route)?.catch(() => undefined);
    }
  };
  // Safari has no idle callbacks.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(fetchAll, { timeout: 10_000 });
  else setTimeout(fetchAll, 2_000);
}
