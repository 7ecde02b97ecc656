import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useText } from '../i18n';
import { DeliveriesView } from './deliveries-view';
import { Filters } from './filters';
import { JobsView } from './jobs-view';
import { TEXTS } from './messages';
import { parseWorkSearch, TABS, type Tab, type WorkSearch } from './search';
import { StudiesView } from './studies-view';
import css from './work.module.css';

const VIEWS = { jobs: JobsView, studies: StudiesView, deliveries: DeliveriesView } as const satisfies Record<
  Tab,
  (props: { readonly search: WorkSearch }) => React.ReactNode
>;

/** What runs, what waits and what failed: requests, studies and deliveries. */
export function WorkPage() {
  const t = useText(TEXTS);
  const address: WorkSearch = useSearch({ from: '/work' });
  const search = parseWorkSearch({ ...address });
  const navigate = useNavigate();
  // The router leaves in the address what it does not know: here that could be anything, so it goes.
  const isForeign = Object.keys(address).some((name) => !Object.hasOwn(search, name));
  useEffect(() => {
    if (isForeign) void navigate({ to: '/work', search: parseWorkSearch({ ...address }), replace: true });
  }, [isForeign, address, navigate]);
  const tab = search.tab ?? 'jobs';
  const View = VIEWS[tab];
  return (
    <>
      <h1>{t('title')}</h1>
      <nav className={css['tabs']} aria-label={t('views')}>
        {TABS.map((name) => (
          <Link
            key={name}
            to="/work"
            search={{ tab: name }}
            aria-current={name === tab ? 'page' : undefined}
            data-selected={name === tab}
          >
            {t(name)}
          </Link>
        ))}
      </nav>
      <Filters tab={tab} search={search} />
      <View key={tab} search={search} />
    </>
  );
}
