import type { Route } from '@medserve/studies';

/** The routes of this gateway, each with where its results go. */
export class StudyRoutes {
  constructor(
    private readonly routes: readonly Route[],
    private readonly destinations: (tenant: string, deliver: 'all' | readonly string[]) => readonly string[],
  ) {}

  of(tenant: string): readonly (Route & { readonly destinations: readonly string[] })[] {
    return this.routes.map((route) => ({ ...route, destinations: this.destinations(tenant, route.deliver) }));
  }
}
