import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { AskPage } from './ask/ask-page';
import { parseAuditSearch } from './audit/search';
import { FailedPage } from './shell/failed-page';
import { MissingPage } from './shell/missing-page';
import { Shell } from './shell/shell';
import { Loading } from './ui';
import { parseWorkSearch } from './work/search';

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage });

const page = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path }) as const;

/** Every page has a line; all but the first are fetched when somebody goes there. */
const routeTree = root.addChildren([
  createRoute({ ...page('/'), component: AskPage }),
  createRoute({
    ...page('/answers/$id'),
    component: lazyRouteComponent(() => import('./result/answer-page'), 'AnswerPage'),
  }),
  createRoute({
    ...page('/work'),
    validateSearch: parseWorkSearch,
    component: lazyRouteComponent(() => import('./work/work-page'), 'WorkPage'),
  }),
  createRoute({
    ...page('/models'),
    component: lazyRouteComponent(() => import('./models/models-page'), 'ModelsPage'),
  }),
  createRoute({
    ...page('/models/$name'),
    component: lazyRouteComponent(() => import('./models/model-page'), 'ModelPage'),
  }),
  createRoute({ ...page('/pools'), component: lazyRouteComponent(() => import('./pools/pools-page'), 'PoolsPage') }),
  createRoute({
    ...page('/audit'),
    validateSearch: parseAuditSearch,
    component: lazyRouteComponent(() => import('./audit/audit-page'), 'AuditPage'),
  }),
  createRoute({
    ...page('/sign-in'),
    component: lazyRouteComponent(() => import('./sign-in/sign-in-page'), 'SignInPage'),
  }),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultErrorComponent: FailedPage,
  defaultPendingComponent: Loading,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
