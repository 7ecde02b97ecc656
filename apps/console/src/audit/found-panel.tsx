import { useState } from 'react';
import { useFormat, useText } from '../i18n';
import { shortHash } from '../proof/short-hash';
import { Badge, Button, Loading, Panel, ProblemNotice, Table, type Tone } from '../ui';
import css from './audit.module.css';
import { outcomeOf, type Entry, type LedgerEvent, type Outcome } from './entry';
import { EntryDialog } from './entry-dialog';
import { useEventWords } from '../events/event-words';
import { TEXTS } from './messages';
import { useFound, type Wanted } from './use-found';

const OUTCOMES = {
  going: ['neutral', 'outcomeGoing'],
  success: ['good', 'outcomeSuccess'],
  refused: ['warn', 'outcomeRefused'],
  failed: ['bad', 'outcomeFailed'],
  cancelled: ['neutral', 'outcomeCancelled'],
} as const satisfies Record<Outcome, readonly [Tone, string]>;

/** The entries that were found, newest first. */
export function FoundPanel({ wanted }: { readonly wanted: Wanted }) {
  const t = useText(TEXTS);
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useFound(wanted);
  const [opened, setOpened] = useState<Entry>();
  const entries = data?.pages.flatMap((page) => page.entries);
  const isOfPatient = wanted.patient.id !== '' || wanted.patient.key !== '';
  return (
    <Panel title={t('found')} actions={isOfPatient ? <Badge>{t('ofPatient')}</Badge> : null}>
      {error === null ? null : <ProblemNotice error={error} />}
      {entries === undefined && error === null ? <Loading /> : null}
      {entries?.length === 0 ? <p>{t('nothing')}</p> : null}
      {entries === undefined || entries.length === 0 ? null : (
        <>
          <EntryTable entries={entries} onOpen={setOpened} />
          <div className={css['below']} role="group" aria-label={t('shown', { count: entries.length })}>
            <span role="status">
              {t('shown', { count: entries.length })} {hasNextPage ? null : t('all')}
            </span>
            {hasNextPage ? (
              <Button isOff={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {t(isFetchingNextPage ? 'loadingMore' : 'more')}
              </Button>
            ) : null}
          </div>
        </>
      )}
      {opened === undefined ? null : (
        <EntryDialog
          entry={opened}
          onClose={() => {
            setOpened(undefined);
          }}
        />
      )}
    </Panel>
  );
}

function EntryTable({
  entries,
  onOpen,
}: {
  readonly entries: readonly Entry[];
  readonly onOpen: (entry: Entry) => void;
}) {
  const t = useText(TEXTS);
  const format = useFormat();
  const words = useEventWords();
  return (
    <Table
      caption={t('foundCaption')}
      rows={entries}
      keyOf={({ sequence }) => String(sequence)}
      columns={[
        {
          key: 'time',
          title: t('time'),
          cell: ({ event }) => <span className={css['time']}>{format.time(event.at)}</span>,
        },
        { key: 'event', title: t('event'), cell: ({ event }) => words(event.event) },
        { key: 'outcome', title: t('outcome'), cell: ({ event }) => <OutcomeBadge event={event} /> },
        { key: 'actor', title: t('actor'), cell: ({ event }) => <code className={css['id']}>{event.actor}</code> },
        { key: 'model', title: t('model'), cell: ({ event }) => event.model?.name },
        { key: 'sequence', title: t('sequence'), isNumeric: true, cell: ({ sequence }) => String(sequence) },
        { key: 'hash', title: t('hash'), cell: ({ hash }) => <code title={hash}>{shortHash(hash)}</code> },
        {
          key: 'details',
          title: t('details'),
          cell: (entry) => (
            <Button
              look="quiet"
              className={css['row']}
              aria-label={t('detailsOf', { sequence: String(entry.sequence) })}
              onClick={() => {
                onOpen(entry);
              }}
            >
              {t('details')}
            </Button>
          ),
        },
      ]}
    />
  );
}

function OutcomeBadge({ event }: { readonly event: LedgerEvent }) {
  const t = useText(TEXTS);
  const [tone, words] = OUTCOMES[outcomeOf(event)];
  return (
    <>
      <Badge tone={tone}>{t(words)}</Badge>
      {event.reason === undefined ? null : (
        <small className={css['reason']} lang="en">
          {event.reason}
        </small>
      )}
    </>
  );
}
