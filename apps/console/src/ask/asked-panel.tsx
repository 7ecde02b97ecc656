import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import type { Corrections } from '../feedback/use-corrections';
import { useFormat, useText } from '../i18n';
import { Button, Loading, Notice, Panel } from '../ui';
import css from './ask.module.css';
import { AskFailed } from './ask-failed';
import { AskProgress } from './ask-progress';
import { isOver } from './ask-state';
import type { Desk } from './desk';
import type { Asked } from './desk-state';
import { LateAnswerView, LateRecipesPanel } from './late-answer';
import { TEXTS } from './messages';
import { taskName } from './names';
import { modelOf, offerOf, wordsOf } from './wishes';

export interface AskedPanelProps {
  readonly desk: Desk;
  readonly asked: Asked;
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  /** Those that can be drawn on the picture; absent: it is of another image. */
  readonly corrections: Corrections | undefined;
}

/** What became of a question: how far it is, its answer, or why there is none. */
export function AskedPanel({ desk, asked, selected, onSelect, corrections }: AskedPanelProps) {
  const t = useText(TEXTS);
  const { state } = asked;
  const words = wordsOf(asked.description, asked.wishes);
  const askAnew = (
    <Button
      onClick={() => {
        desk.show(undefined);
      }}
    >
      {t(state.kind === 'failed' ? 'changeQuestion' : 'askAnew')}
    </Button>
  );
  return (
    <>
      <Panel title={<AskedTitle asked={asked} />} actions={askAnew} className={css['asked']}>
        {words === '' ? null : <p className={css['quoted']}>{words}</p>}
        <Became desk={desk} asked={asked} />
      </Panel>
      {state.kind === 'answered' && state.document !== undefined ? (
        <Suspense fallback={<Loading />}>
          <LateAnswerView document={state.document} selected={selected} onSelect={onSelect} corrections={corrections} />
        </Suspense>
      ) : null}
      {isOver(state) ? (
        <Suspense fallback={null}>
          <LateRecipesPanel ask={recipeOf(asked)} />
        </Suspense>
      ) : null}
    </>
  );
}

const recipeOf = ({ order: { files, request } }: Asked) => ({
  files: files.map(({ name, webkitRelativePath }) => webkitRelativePath || name),
  request,
  asJob: true,
});

function AskedTitle({ asked: { description, wishes } }: Pick<AskedPanelProps, 'asked'>) {
  const t = useText(TEXTS);
  const offer = offerOf(description, wishes);
  const model = offer && modelOf(offer, wishes);
  if (offer === undefined || model === undefined) return t('question');
  return t('yourAsk', { task: taskName(t, offer), model: `${model.name} ${model.version}` });
}

function Became({ desk, asked }: Pick<AskedPanelProps, 'desk' | 'asked'>) {
  const t = useText(TEXTS);
  const f = useFormat();
  const { state } = asked;
  const again = (
    <Button
      look="primary"
      onClick={() => {
        desk.askAgain(asked);
      }}
    >
      {t('sendAgain')}
    </Button>
  );
  switch (state.kind) {
    case 'sending':
    case 'running':
      return <AskProgress desk={desk} asked={asked} state={state} />;
    case 'answered':
      return (
        <p className={css['quiet']} role="status">
          {t('took', { duration: f.duration(state.tookMs) })} ·{' '}
          <Link to="/answers/$id" params={{ id: state.id }}>
            {t('open')}
          </Link>
        </p>
      );
    case 'failed':
      return <AskFailed desk={desk} asked={asked} state={state} />;
    case 'cancelled':
      return (
        <>
          <Notice tone="neutral">
            <p>{t('cancelled')}</p>
          </Notice>
          <p>{again}</p>
        </>
      );
    case 'lost':
      return (
        <>
          <Notice tone="bad">
            <p>
              <strong>{t('lost')}</strong>
            </p>
            <p>{t('lostNext')}</p>
          </Notice>
          <p>{again}</p>
        </>
      );
  }
}
