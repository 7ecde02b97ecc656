import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { callJson } from '../api';
import { useFormat, useText } from '../i18n';
import { useModelWords } from '../models/model-words';
import { useMe } from '../sign-in/me';
import { Button, Dialog, Loading, ProblemNotice, Table } from '../ui';
import { RUN_WORDS, TEXTS } from './messages';
import { StateBadge, useWordOf } from './parts';
import type { StudyFound, StudyRun } from './types';
import css from './work.module.css';

type Order = 'go' | 'requeue' | 'cancel';

/** What may be ordered of a study, by its state; the platform says the last word. */
const ORDERS: Readonly<Record<string, readonly Order[]>> = {
  receiving: ['go', 'cancel'],
  complete: ['cancel'],
  inferring: ['cancel'],
  skipped: ['requeue'],
  failed: ['requeue'],
};

const WORDS = {
  go: { action: 'go', body: 'goBody' },
  requeue: { action: 'requeue', body: 'requeueBody' },
  cancel: { action: 'cancelStudy', body: 'cancelStudyBody' },
} as const;

/** A study in all its generations, and what can be ordered of it. */
export function StudyDialog({ uid, onClose }: { readonly uid: string; readonly onClose: () => void }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const path = `/v1/studies/${encodeURIComponent(uid)}`;
  const { data, error } = useQuery({
    queryKey: ['study', uid],
    queryFn: ({ signal }) => callJson<StudyFound>(path, { signal }),
    gcTime: 0,
  });
  const latest = data?.generations[0];
  return (
    <Dialog title={t('study')} onClose={onClose}>
      <p className={css['muted']}>
        {t('uid')} <code className={css['wrap']}>{uid}</code>
      </p>
      {error === null ? null : <ProblemNotice error={error} />}
      {data === undefined && error === null ? <Loading /> : null}
      {data?.generations.map(({ generation, state, says, receivedAt, runs, verdicts }) => (
        <section key={generation}>
          <h3>
            {t('generation', { number: generation })} <StateBadge state={state} />
          </h3>
          <p>
            {t('received')} {format.time(receivedAt)}
          </p>
          {says === null ? null : <p lang="en">{says}</p>}
          <Runs runs={runs} />
          {verdicts.length === 0 ? null : (
            <details>
              <summary>{t('verdicts')}</summary>
              <ul>
                {verdicts.map(({ route, why }) => (
                  <li key={route}>
                    <strong>{route}</strong>: {why === undefined ? t('takes') : <span lang="en">{why.says}</span>}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </section>
      ))}
      {latest === undefined ? null : <Orders path={path} state={latest.state} />}
      <div className={css['actions']}>
        <Button onClick={onClose}>{t('close')}</Button>
      </div>
    </Dialog>
  );
}

function Runs({ runs }: { readonly runs: readonly StudyRun[] }) {
  const t = useText(TEXTS);
  const word = useWordOf(RUN_WORDS);
  const words = useModelWords();
  if (runs.length === 0) return <p className={css['muted']}>{t('noRuns')}</p>;
  return (
    <Table
      caption={t('runs')}
      rows={runs}
      keyOf={({ route, name }) => `${route}/${name}`}
      columns={[
        { key: 'run', title: t('run'), cell: ({ route, name }) => `${route}/${name}` },
        {
          key: 'task',
          title: t('task'),
          cell: ({ task, request }) =>
            request === null ? (
              words.task(task)
            ) : (
              <Link to="/answers/$id" params={{ id: request }}>
                {words.task(task)}
              </Link>
            ),
        },
        { key: 'model', title: t('model'), cell: ({ model }) => model },
        {
          key: 'state',
          title: t('state'),
          cell: ({ state, reason }) => (
            <>
              {word(state)}
              {reason === null ? null : <code lang="en"> {reason}</code>}
            </>
          ),
        },
      ]}
    />
  );
}

/** Orders that the reader may give; each is asked for once more. */
function Orders({ path, state }: { readonly path: string; readonly state: string }) {
  const t = useText(TEXTS);
  const { may } = useMe();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Order>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (order: Order) => callJson(`${path}/${order}`, { method: 'POST' }),
    onSuccess: async () => {
      setChosen(undefined);
      await Promise.all([
        client.invalidateQueries({ queryKey: ['study'] }),
        client.invalidateQueries({ queryKey: ['studies'] }),
      ]);
    },
  });
  const orders = may('infer') ? (ORDERS[state] ?? []) : [];
  return (
    <>
      {error === null ? null : <ProblemNotice error={error} />}
      {chosen === undefined ? (
        <div className={css['actions']}>
          {orders.map((order) => (
            <Button
              key={order}
              onClick={() => {
                setChosen(order);
              }}
            >
              {t(WORDS[order].action)}
            </Button>
          ))}
        </div>
      ) : (
        <div role="group" aria-label={t('sure')} className={css['sure']}>
          <p>{t(WORDS[chosen].body)}</p>
          <div className={css['actions']}>
            <Button
              look={chosen === 'cancel' ? 'danger' : 'primary'}
              isOff={isPending}
              onClick={() => {
                mutate(chosen);
              }}
            >
              {t(WORDS[chosen].action)}
            </Button>
            <Button
              autoFocus
              onClick={() => {
                setChosen(undefined);
              }}
            >
              {t('keep')}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
