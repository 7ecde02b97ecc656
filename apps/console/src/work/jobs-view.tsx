import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { callJson } from '../api';
import { SendAgain } from '../ask/send-again';
import { useFormat, useText } from '../i18n';
import { useModelWords } from '../models/model-words';
import { useMe } from '../sign-in/me';
import { Button, Loading, Meter, ProblemNotice, Said, Table, type Column } from '../ui';
import { CLASS_WORDS, DOOR_WORDS, PHASE_WORDS, TEXTS } from './messages';
import { Age, Confirm, Empty, Facts, More, StateBadge, useNow, useWordOf } from './parts';
import type { WorkSearch } from './search';
import type { Job, JobsPage } from './types';
import { pollMs, tookMs } from './words';
import css from './work.module.css';

const JOBS = 'jobs';

/** What is rare is looked for a stretch at a time. */
function LookedBack({ to }: { readonly to: string }) {
  const t = useText(TEXTS);
  const format = useFormat();
  return <p role="status">{t('lookedBackTo', { time: format.time(to) })}</p>;
}

/** Every accepted request, whichever way it came, the newest first. */
export function JobsView({ search }: { readonly search: WorkSearch }) {
  const t = useText(TEXTS);
  const { may } = useMe();
  const nowMs = useNow();
  const [toCancel, setToCancel] = useState<Job>();
  const { state, task, model, class: urgency, site } = search;
  const filter = { state, task, model, class: urgency, site };
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [JOBS, filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      callJson<JobsPage>('/v1/jobs', { query: { ...filter, cursor: pageParam }, signal }),
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => {
      const pages = query.state.data?.pages ?? [];
      return pollMs((pages[0]?.running ?? 0) > 0, pages.length);
    },
  });
  const columns = useColumns(nowMs, may('infer') ? setToCancel : undefined);
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice error={error} />;
  const jobs = data.pages.flatMap((page) => page.jobs);
  const lookedBackTo = data.pages.at(-1)?.lookedBackTo;
  const more = (
    <More
      shown={jobs.length}
      isBusy={isFetchingNextPage}
      onMore={hasNextPage ? () => void fetchNextPage() : undefined}
    />
  );
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      {error === null ? null : <ProblemNotice error={error} />}
      <Facts label={t('jobs')}>
        <li>{t('running', { count: data.pages[0]?.running ?? 0 })}</li>
      </Facts>
      {jobs.length === 0 ? (
        lookedBackTo !== undefined ? (
          <div className={css['list']}>
            <LookedBack to={lookedBackTo} />
            {more}
          </div>
        ) : isFiltered ? (
          <Empty title={t('noMatch')} />
        ) : (
          <Empty title={t('noJobs')} next={t('noJobsNext')} />
        )
      ) : (
        <div className={css['list']}>
          <Table
            caption={t('jobs')}
            columns={
              jobs.some(({ site }) => site !== undefined) ? columns : columns.filter(({ key }) => key !== 'site')
            }
            rows={jobs}
            keyOf={({ id }) => id}
          />
          {lookedBackTo === undefined ? null : <LookedBack to={lookedBackTo} />}
          {more}
        </div>
      )}
      {toCancel === undefined ? null : (
        <CancelJob
          job={toCancel}
          onClose={() => {
            setToCancel(undefined);
          }}
        />
      )}
    </>
  );
}

function useColumns(nowMs: number, onCancel: ((job: Job) => void) | undefined): readonly Column<Job>[] {
  const t = useText(TEXTS);
  const door = useWordOf(DOOR_WORDS);
  const urgency = useWordOf(CLASS_WORDS);
  const words = useModelWords();
  const format = useFormat();
  return [
    { key: 'state', title: t('state'), cell: (job) => <JobState job={job} /> },
    {
      key: 'request',
      title: t('request'),
      cell: ({ id, task, model, version }) => (
        <div className={css['request']}>
          <Link to="/answers/$id" params={{ id }}>
            {task === undefined ? t('open') : words.task(task)}
          </Link>
          <span className={css['muted']}>
            {model}
            {version === undefined ? '' : `:${version}`}
          </span>
        </div>
      ),
    },
    { key: 'class', title: t('urgency'), cell: (job) => urgency(job.class) },
    { key: 'door', title: t('door'), cell: (job) => door(job.door) },
    { key: 'site', title: t('site'), cell: ({ site }) => site },
    { key: 'age', title: t('age'), cell: ({ acceptedAt }) => <Age at={acceptedAt} nowMs={nowMs} /> },
    {
      key: 'took',
      title: t('duration'),
      isNumeric: true,
      cell: ({ acceptedAt, endedAt }) => format.duration(tookMs(acceptedAt, endedAt, nowMs)),
    },
    ...(onCancel === undefined
      ? []
      : [
          {
            key: 'actions',
            title: t('actions'),
            cell: (job: Job) => <JobActions job={job} onCancel={onCancel} />,
          },
        ]),
  ];
}

/** What can be done about a job: while it runs it can be ended, and when it has ended without an answer asked again. */
function JobActions({ job, onCancel }: { readonly job: Job; readonly onCancel: (job: Job) => void }) {
  const t = useText(TEXTS);
  const { id, state, door } = job;
  if (state === 'completed') return null;
  if (state !== 'running') {
    if (door === 'jobs') return <SendAgain id={id} />;
    // Whoever asks by another door asks again by it; of a study it is done where the study stands.
    return door === 'studies' ? (
      <Link to="/work" search={{ tab: 'studies', state: 'failed' }}>
        {t('toStudies')}
      </Link>
    ) : null;
  }
  return door === 'jobs' ? (
    <Button
      onClick={() => {
        onCancel(job);
      }}
    >
      {t('cancel')}
    </Button>
  ) : null;
}

function JobState({ job: { state, progress, problem } }: { readonly job: Job }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const phase = useWordOf(PHASE_WORDS);
  const told =
    progress === undefined
      ? undefined
      : t('progress', { percent: format.number(progress.percent, 0), phase: phase(progress.phase) });
  return (
    <div className={css['state']}>
      <StateBadge state={state} />
      {told === undefined || progress === undefined ? null : (
        <span className={css['muted']}>
          <Meter share={progress.percent / 100} label={told} />
          {told}
        </span>
      )}
      {problem === undefined || state === 'cancelled' ? null : (
        <span className={css['muted']}>
          <Said>{problem.title}</Said>
        </span>
      )}
    </div>
  );
}

function CancelJob({ job, onClose }: { readonly job: Job; readonly onClose: () => void }) {
  const t = useText(TEXTS);
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => callJson<Job>(`/v1/jobs/${job.id}/cancel`, { method: 'POST' }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [JOBS] });
      onClose();
    },
  });
  return (
    <Confirm
      title={t('cancelTitle')}
      body={t('cancelBody')}
      action={t('cancelDo')}
      isDanger
      isBusy={isPending}
      error={error}
      onConfirm={() => {
        mutate();
      }}
      onClose={onClose}
    />
  );
}
