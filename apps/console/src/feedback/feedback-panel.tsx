import type { AnswerDocument } from '@medserve/clinical';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Button, Field, Loading, Notice, Panel, ProblemNotice } from '../ui';
import uiCss from '../ui/ui.module.css';
import { CorrectionForm } from './correction-form';
import { correctablesOf } from './corrections';
import css from './feedback.module.css';
import { TEXTS } from './messages';
import { PastReviews } from './past-reviews';
import { isReason, readReviews, REASONS, sendReview, type Verdict } from './reviews';
import type { Corrections } from './use-corrections';

export interface FeedbackPanelProps {
  readonly document: AnswerDocument;
  /** The finding that is pointed at. */
  readonly selected?: string | undefined;
  readonly corrections: Corrections;
}

/** What people say of an answer: agree, disagree and why, what would be right; and what was said before. */
export function FeedbackPanel({ document, selected, corrections }: FeedbackPanelProps) {
  const t = useText(TEXTS);
  const { may } = useMe();
  const client = useQueryClient();
  const { id } = document;
  const [isOpen, setIsOpen] = useState(false);
  const correctables = useMemo(() => correctablesOf(document), [document]);
  const past = useQuery({
    queryKey: ['reviews', id],
    queryFn: ({ signal }) => readReviews(id, signal),
    enabled: may('result:read'),
  });
  const sending = useMutation({
    mutationFn: (verdict: Verdict) => sendReview(id, verdict),
    onSuccess: async () => {
      setIsOpen(false);
      corrections.clear();
      await client.invalidateQueries({ queryKey: ['reviews', id] });
    },
  });
  return (
    <Panel title={t('title')}>
      {may('result:attest') ? (
        <>
          <p className={css['hint']}>{t('hint')}</p>
          <div className={uiCss['actions']}>
            <Button
              isOff={sending.isPending}
              onClick={() => {
                sending.mutate({ verdict: 'attested' });
              }}
            >
              {t('agree')}
            </Button>
            <Button
              aria-expanded={isOpen}
              isOff={sending.isPending}
              onClick={() => {
                setIsOpen(!isOpen);
                corrections.draw(undefined);
              }}
            >
              {t('disagree')}
            </Button>
          </div>
          {isOpen ? (
            <Disagreement
              isSending={sending.isPending}
              onSend={(reason) => {
                const { list } = corrections;
                sending.mutate({ verdict: 'overridden', reason, ...(list.length === 0 ? {} : { corrections: list }) });
              }}
            >
              {correctables.length === 0 ? null : (
                <CorrectionForm correctables={correctables} corrections={corrections} selected={selected} />
              )}
            </Disagreement>
          ) : null}
          {sending.isError ? <ProblemNotice error={sending.error} /> : null}
          {sending.isSuccess ? (
            <Notice tone="good">
              <p>{t('kept')}</p>
            </Notice>
          ) : null}
        </>
      ) : (
        <p className={css['hint']}>{t('mayNot')}</p>
      )}
      {may('result:read') ? <h3 className={css['past']}>{t('reviews')}</h3> : null}
      {past.isLoading ? <Loading /> : null}
      {past.isError ? <ProblemNotice error={past.error} /> : null}
      {past.data === undefined ? null : <PastReviews reviews={past.data.reviews} correctables={correctables} />}
    </Panel>
  );
}

interface DisagreementProps {
  readonly isSending: boolean;
  readonly onSend: (reason: (typeof REASONS)[number]) => void;
  readonly children: React.ReactNode;
}

function Disagreement({ isSending, onSend, children }: DisagreementProps) {
  const t = useText(TEXTS);
  const [reason, setReason] = useState('');
  return (
    <form
      className={css['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReason(reason)) onSend(reason);
      }}
    >
      <Field label={t('reason')}>
        {(control) => (
          <select
            {...control}
            required
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
            }}
          >
            <option value="">{t('choose')}</option>
            {REASONS.map((word) => (
              <option key={word} value={word}>
                {t(word)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {children}
      <div className={uiCss['actions']}>
        <Button type="submit" look="primary" disabled={reason === ''} isOff={isSending}>
          {t(isSending ? 'sending' : 'send')}
        </Button>
      </div>
    </form>
  );
}
