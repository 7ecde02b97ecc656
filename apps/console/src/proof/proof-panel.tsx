import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { callJson } from '../api';
import { useEventWords } from '../events/event-words';
import { useFormat, useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Button, Loading, Panel, ProblemNotice, Table } from '../ui';
import { claimsOf, type AnswerBytes, type AuditRecord } from './check-request';
import { TEXTS } from './messages';
import { ProofCheck } from './proof-check';
import css from './proof.module.css';
import { shortHash } from './short-hash';

export interface ProofPanelProps {
  /** The id of the answer, which is its request's. */
  readonly requestId: string;
}

/** What the ledger says of a request, and the proof of it, computed in this browser. */
export function ProofPanel({ requestId }: ProofPanelProps) {
  const t = useText(TEXTS);
  const { may, me } = useMe();
  return (
    <Panel title={t('title')}>
      {me === undefined ? <Loading /> : null}
      {may('audit:read') ? <OnRecord key={requestId} requestId={requestId} /> : null}
      {me && !may('audit:read') ? <p>{t('needsRead')}</p> : null}
    </Panel>
  );
}

/** Each look at the log is on record itself: it is taken when somebody asks for it, not with every answer that is opened. */
function OnRecord({ requestId }: ProofPanelProps) {
  const t = useText(TEXTS);
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      <p>{t('intro')}</p>
      {isAsked ? (
        <Records requestId={requestId} />
      ) : (
        <div className={css['look']}>
          <Button
            onClick={() => {
              setIsAsked(true);
            }}
          >
            {t('show')}
          </Button>
          <span className={css['detail']}>{t('showNote')}</span>
        </div>
      )}
    </>
  );
}

function Records({ requestId }: ProofPanelProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const words = useEventWords();
  const { data, error } = useQuery({
    queryKey: ['audit-records', requestId],
    queryFn: ({ signal }) =>
      callJson<{ readonly records: readonly AuditRecord[] }>(`/v1/audit/${encodeURIComponent(requestId)}`, { signal }),
    // What is on record does not change, and each reading of it is on record, too.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const records = data?.records;
  const claims = useCallback(
    (answerOf: (id: string) => Promise<AnswerBytes>) => claimsOf(requestId, records ?? [], () => answerOf(requestId)),
    [requestId, records],
  );
  if (error !== null) return <ProblemNotice error={error} />;
  if (records === undefined) return <Loading />;
  if (records.length === 0) return <p>{t('noRecords')}</p>;
  return (
    <>
      <Table
        caption={t('records')}
        rows={records}
        keyOf={({ sequence }) => String(sequence)}
        columns={[
          { key: 'event', title: t('event'), cell: ({ event }) => words(event) },
          { key: 'time', title: t('time'), cell: ({ at }) => format.time(at) },
          { key: 'sequence', title: t('sequence'), isNumeric: true, cell: ({ sequence }) => String(sequence) },
          { key: 'hash', title: t('hash'), cell: ({ hash }) => <code title={hash}>{shortHash(hash)}</code> },
        ]}
      />
      <ProofCheck claims={claims} />
    </>
  );
}
