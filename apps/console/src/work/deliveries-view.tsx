import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { callJson } from '../api';
import { useFormat, useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Button, Loading, ProblemNotice, Table, type Column } from '../ui';
import { TEXTS } from './messages';
import { Age, Confirm, Empty, More, StateBadge, useNow } from './parts';
import type { WorkSearch } from './search';
import type { Delivery } from './types';
import { pollMs, shortUid } from './words';
import css from './work.module.css';

const PAGE = 100;
/** The most that the platform tells of at once. */
const MOST = 1_000;

/** Results on their way to other systems, and what did not arrive. */
export function DeliveriesView({ search }: { readonly search: WorkSearch }) {
  const t = useText(TEXTS);
  const { may } = useMe();
  const nowMs = useNow();
  const format = useFormat();
  const client = useQueryClient();
  const [limit, setLimit] = useState(PAGE);
  const [toRequeue, setToRequeue] = useState<string>();
  const { state, destination } = search;
  const { data, error, isFetching } = useQuery({
    queryKey: ['deliveries', state, destination, limit],
    queryFn: ({ signal }) =>
      callJson<{ readonly deliveries: readonly Delivery[] }>('/v1/deliveries', {
        query: { state, destination, limit },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => {
      const deliveries = query.state.data?.deliveries ?? [];
      return pollMs(
        deliveries.some((one) => one.state === 'sending'),
        deliveries.length / PAGE,
      );
    },
  });
  const again = useMutation({
    mutationFn: (wanted: { readonly id: string } | { readonly destination: string }) =>
      'id' in wanted
        ? callJson(`/v1/deliveries/${wanted.id}/requeue`, { method: 'POST' })
        : callJson('/v1/deliveries/requeue', { method: 'POST', json: wanted }),
    onSuccess: async () => {
      setToRequeue(undefined);
      await client.invalidateQueries({ queryKey: ['deliveries'] });
    },
  });
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice error={error} />;
  const { deliveries } = data;
  const mayOrder = may('infer');
  const dead = [...new Set(deliveries.filter((one) => one.state === 'dead').map((one) => one.destination))].sort();
  const columns: readonly Column<Delivery>[] = [
    { key: 'state', title: t('state'), cell: (one) => <StateBadge state={one.state} /> },
    { key: 'destination', title: t('destination'), cell: (one) => one.destination },
    {
      key: 'study',
      title: t('study'),
      cell: ({ studyUid }) => <code className={css['uid']}>{shortUid(studyUid)}</code>,
    },
    { key: 'age', title: t('created'), cell: ({ createdAt }) => <Age at={createdAt} nowMs={nowMs} /> },
    { key: 'attempts', title: t('attempts'), isNumeric: true, cell: ({ attempts }) => attempts },
    {
      key: 'error',
      title: t('lastError'),
      cell: (one) => (
        <>
          <span lang="en">{one.lastError}</span>
          {one.state === 'waiting' && one.nextAt !== null ? (
            <span className={css['muted']}>
              {' '}
              {t('nextTry', { when: format.ago(Math.max(Date.parse(one.nextAt), nowMs), nowMs) })}
            </span>
          ) : null}
        </>
      ),
    },
    ...(mayOrder
      ? [
          {
            key: 'actions',
            title: t('actions'),
            cell: (one: Delivery) =>
              one.state === 'dead' ? (
                <Button
                  isOff={again.isPending}
                  onClick={() => {
                    again.mutate({ id: one.id });
                  }}
                >
                  {t('sendAgain')}
                </Button>
              ) : null,
          },
        ]
      : []),
  ];
  return (
    <>
      {error === null ? null : <ProblemNotice error={error} />}
      {again.error === null || toRequeue !== undefined ? null : <ProblemNotice error={again.error} />}
      {mayOrder && dead.length > 0 ? (
        <div className={css['actions']}>
          {dead.map((name) => (
            <Button
              key={name}
              onClick={() => {
                setToRequeue(name);
              }}
            >
              {t('sendAllAgain', { destination: name })}
            </Button>
          ))}
        </div>
      ) : null}
      {deliveries.length === 0 ? (
        state === undefined && destination === undefined ? (
          <Empty title={t('noDeliveries')} next={t('noDeliveriesNext')} />
        ) : (
          <Empty title={t('noMatch')} />
        )
      ) : (
        <div className={css['list']}>
          <Table caption={t('deliveries')} columns={columns} rows={deliveries} keyOf={({ id }) => id} />
          <More
            shown={deliveries.length}
            isBusy={isFetching}
            isCut={deliveries.length >= MOST}
            onMore={
              deliveries.length === limit && limit < MOST
                ? () => {
                    setLimit(Math.min(MOST, limit + 3 * PAGE));
                  }
                : undefined
            }
          />
        </div>
      )}
      {toRequeue === undefined ? null : (
        <Confirm
          title={t('sure')}
          body={t('sendAllBody', { destination: toRequeue })}
          action={t('sendAgain')}
          isBusy={again.isPending}
          error={again.error}
          onConfirm={() => {
            again.mutate({ destination: toRequeue });
          }}
          onClose={() => {
            setToRequeue(undefined);
          }}
        />
      )}
    </>
  );
}
