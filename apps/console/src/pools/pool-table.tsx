import { useFormat, useText } from '../i18n';
import { Table, type Column } from '../ui';
import { meanBatch, type ModelStatistics } from './batches';
import { rateNow, type History } from './history';
import { TEXTS } from './messages';
import type { Pool } from './pool';
import css from './pools.module.css';

export interface PoolTableProps {
  readonly pools: readonly Pool[];
  readonly history: History;
  readonly statistics: readonly ModelStatistics[];
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

const NOTHING = '–';

/** What is asked of each pool now, and what there is to serve it. */
export function PoolTable({ pools, history, statistics, selected, onSelect }: PoolTableProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const perSecond = (name: string, count: 'answered' | 'failed'): string => {
    const rate = rateNow(history.get(name) ?? [], count);
    return rate === undefined ? NOTHING : t('perSecond', { count: format.number(rate, 1) });
  };
  const columns: readonly Column<Pool>[] = [
    {
      key: 'pool',
      title: t('pool'),
      cell: ({ name }) => (
        <button
          type="button"
          className={css['name']}
          aria-pressed={name === selected}
          onClick={() => {
            onSelect(name);
          }}
        >
          {name}
        </button>
      ),
    },
    {
      key: 'replicas',
      title: t('replicas'),
      isNumeric: true,
      cell: ({ readyReplicas, startingReplicas, minReplicas, maxReplicas }) => (
        <>
          {format.number(readyReplicas)}{' '}
          <span className={css['small']}>
            {startingReplicas > 0 ? `${t('starting', { count: startingReplicas })} ` : ''}
            {maxReplicas === undefined ? '' : t('range', { least: minReplicas ?? 0, most: maxReplicas })}
          </span>
        </>
      ),
    },
    {
      key: 'waiting',
      title: t('waiting'),
      isNumeric: true,
      cell: ({ queuedSlots }) => (
        <span className={queuedSlots > 0 ? css['waits'] : undefined}>{format.number(queuedSlots)}</span>
      ),
    },
    { key: 'running', title: t('running'), isNumeric: true, cell: ({ runningSlots }) => format.number(runningSlots) },
    {
      key: 'oldest',
      title: t('oldest'),
      isNumeric: true,
      cell: ({ oldestWaitMs }) => (oldestWaitMs > 0 ? format.duration(oldestWaitMs) : NOTHING),
    },
    { key: 'rate', title: t('rate'), isNumeric: true, cell: ({ name }) => perSecond(name, 'answered') },
    {
      key: 'errors',
      title: t('errors'),
      isNumeric: true,
      cell: ({ name, totals }) => (
        <span className={(totals?.failed ?? 0) > 0 ? css['fails'] : undefined}>
          {totals === undefined ? NOTHING : format.number(totals.failed)}{' '}
          <span className={css['small']}>{perSecond(name, 'failed')}</span>
        </span>
      ),
    },
    {
      key: 'cold',
      title: t('cold'),
      isNumeric: true,
      cell: ({ totals }) => (totals === undefined ? NOTHING : format.number(totals.cold)),
    },
    {
      key: 'batch',
      title: t('batch'),
      isNumeric: true,
      cell: ({ name }) => {
        const mean = meanBatch(statistics, name);
        return mean === undefined ? NOTHING : format.number(mean, 2);
      },
    },
  ];
  return (
    <Table
      caption={t('table')}
      columns={columns}
      rows={pools}
      keyOf={({ name }) => name}
      rowProps={({ name }) => ({ className: css['row'], 'data-selected': name === selected })}
    />
  );
}
