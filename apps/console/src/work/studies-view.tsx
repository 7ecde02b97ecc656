import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { callJson } from '../api';
import { useFormat, useText } from '../i18n';
import { Badge, Button, Loading, ProblemNotice, Table, type Column } from '../ui';
import { TEXTS } from './messages';
import { Age, Empty, Facts, More, StateBadge, useNow } from './parts';
import type { WorkSearch } from './search';
import { StudyDialog } from './study-dialog';
import type { StudiesPage, Study } from './types';
import { pollMs, shortUid, waitsLongest } from './words';
import css from './work.module.css';

/** Studies on their way from a modality to a report. Which one is looked at stays out of the address. */
export function StudiesView({ search }: { readonly search: WorkSearch }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNow();
  const [opened, setOpened] = useState<string>();
  const { state, route, modality } = search;
  const filter = { state, route, modality };
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['studies', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      callJson<StudiesPage>('/v1/studies', { query: { ...filter, limit: 50, cursor: pageParam }, signal }),
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => {
      const pages = query.state.data?.pages ?? [];
      return pollMs(waitsLongest(pages[0]?.summary ?? {}) !== undefined, pages.length);
    },
  });
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice error={error} />;
  const studies = data.pages.flatMap((page) => page.studies);
  const summary = data.pages[0]?.summary ?? {};
  const longest = waitsLongest(summary);
  const columns: readonly Column<Study>[] = [
    { key: 'state', title: t('state'), cell: (study) => <StateBadge state={study.state} /> },
    {
      key: 'study',
      title: t('study'),
      cell: ({ studyUid }) => (
        <Button
          look="quiet"
          className={css['uid']}
          onClick={() => {
            setOpened(studyUid);
          }}
        >
          {shortUid(studyUid)}
        </Button>
      ),
    },
    { key: 'age', title: t('age'), cell: ({ receivedAt }) => <Age at={receivedAt} nowMs={nowMs} /> },
    { key: 'images', title: t('images'), isNumeric: true, cell: ({ instances }) => instances },
    { key: 'modality', title: t('modality'), cell: ({ modalities }) => modalities.join(', ') },
    { key: 'route', title: t('route'), cell: ({ routes }) => routes.join(', ') },
    { key: 'note', title: t('note'), cell: (study) => <span lang="en">{noteOf(study)}</span> },
  ];
  return (
    <>
      {error === null ? null : <ProblemNotice error={error} />}
      <Facts label={t('standing')}>
        {Object.entries(summary).map(([name, { studies: count, oldestSeconds }]) => (
          <li key={name}>
            <StateBadge state={name} /> <strong>{count}</strong>{' '}
            <span className={css['muted']}>{t('oldest', { age: format.duration(oldestSeconds * 1_000) })}</span>
            {name === longest ? <Badge tone="warn">{t('longest')}</Badge> : null}
          </li>
        ))}
      </Facts>
      {studies.length === 0 ? (
        Object.keys(summary).length > 0 ? (
          <Empty title={t('noMatch')} />
        ) : (
          <Empty title={t('noStudies')} next={t('noStudiesNext')} />
        )
      ) : (
        <div className={css['list']}>
          <Table
            caption={t('studies')}
            columns={columns}
            rows={studies}
            keyOf={({ studyUid, generation }) => `${studyUid} ${String(generation)}`}
          />
          <More
            shown={studies.length}
            isBusy={isFetchingNextPage}
            onMore={hasNextPage ? () => void fetchNextPage() : undefined}
          />
        </div>
      )}
      {opened === undefined ? null : (
        <StudyDialog
          uid={opened}
          onClose={() => {
            setOpened(undefined);
          }}
        />
      )}
    </>
  );
}

/** Why it is where it is. */
const noteOf = ({ says, reason, waitsFor }: Study): string => says ?? reason ?? waitsFor ?? '';
