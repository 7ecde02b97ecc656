import { lazy, Suspense, useState } from 'react';
import { useText } from '../i18n';
import { Button, Loading, Notice, ProblemNotice } from '../ui';
import { TEXTS } from './messages';
import { isAwake } from './pool';
import { PoolTable } from './pool-table';
import css from './pools.module.css';
import { usePools } from './use-pools';

const PoolDetails = lazy(async () => ({ default: (await import('./pool-details')).PoolDetails }));

/** What serves, what waits for it, and why there is as much of it as there is. */
export function PoolsPage() {
  const t = useText(TEXTS);
  const { pools, history, statistics, error } = usePools();
  const [chosen, setChosen] = useState<string>();
  const [showsAsleep, setShowsAsleep] = useState(false);
  const all = pools?.data ?? [];
  const awake = all.filter(isAwake);
  const shown = showsAsleep || awake.length === 0 ? all : awake;
  const selected = shown.find(({ name }) => name === chosen) ?? awake[0] ?? shown[0];
  const asleep = all.length - shown.length;
  return (
    <div className={css['page']}>
      <h1>{t('title')}</h1>
      <p className={css['lead']}>{t('lead')}</p>
      {error === null ? null : <ProblemNotice error={error} />}
      {pools === undefined && error === null ? <Loading /> : null}
      {pools !== undefined && all.length === 0 ? (
        <Notice tone="neutral">
          <p>{t('none')}</p>
          <p>{t('noneNext')}</p>
        </Notice>
      ) : null}
      {pools !== undefined && all.length > 0 && !pools.isDecided ? (
        <Notice tone="neutral">
          <p>{t('undecided')}</p>
          <p>{t('undecidedNext')}</p>
        </Notice>
      ) : null}
      {shown.length === 0 ? null : (
        <div className={css['all']}>
          <PoolTable
            pools={shown}
            history={history}
            statistics={statistics}
            selected={selected?.name}
            onSelect={setChosen}
          />
        </div>
      )}
      {asleep === 0 ? null : (
        <p>
          {t('asleep', { count: asleep })}{' '}
          <Button
            look="quiet"
            onClick={() => {
              setShowsAsleep(true);
            }}
          >
            {t('showAsleep')}
          </Button>
        </p>
      )}
      {selected === undefined ? null : (
        <Suspense fallback={<Loading />}>
          <PoolDetails pool={selected} samples={history.get(selected.name) ?? []} />
        </Suspense>
      )}
    </div>
  );
}
