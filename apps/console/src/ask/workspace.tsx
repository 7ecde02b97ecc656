import { Suspense, useEffect, useMemo, useState } from 'react';
import { overlaysOf } from '../findings/overlays';
import { useCorrections } from '../feedback/use-corrections';
import { useFormat, useText } from '../i18n';
import { FileButtons } from '../images/file-buttons';
import { LeftOut } from '../images/left-out';
import { shelfKey } from '../images/shelf';
import { Button, Loading, Notice } from '../ui';
import css from './ask.module.css';
import { AskedPanel } from './asked-panel';
import type { Desk } from './desk';
import { shownOf, type DeskState, type OnDesk } from './desk-state';
import { imageFacts } from './image-facts';
import { LateStage } from '../viewer/late-stage';
import { LateAnswerView, LateRecipesPanel } from './late-answer';
import { TEXTS } from './messages';
import { QuestionForm } from './question-form';

export interface WorkspaceProps {
  readonly desk: Desk;
  readonly state: DeskState;
  readonly onDesk: Extract<OnDesk, { readonly kind: 'shown' }>;
}

/** The image, and beside it the question or what became of it. */
export function Workspace({ desk, state, onDesk }: WorkspaceProps) {
  const t = useText(TEXTS);
  const [selected, setSelected] = useState<string>();
  const { images } = onDesk;
  useEffect(() => {
    // What cannot be fetched now is fetched when it is shown.
    for (const part of [LateAnswerView, LateRecipesPanel]) part.load().catch(() => undefined);
  }, []);
  const asked = shownOf(state);
  const isSameImage = asked !== undefined && shelfKey(asked.description.inputs) === shelfKey(images.description.inputs);
  const document = isSameImage && asked.state.kind === 'answered' ? asked.state.document : undefined;
  const corrections = useCorrections(document, document !== undefined);
  const marks = useMemo(() => (document === undefined ? [] : overlaysOf(document)), [document]);
  const overlays = useMemo(() => [...marks, ...corrections.overlays], [marks, corrections.overlays]);
  return (
    <div className={css['workspace']}>
      <h1 className={css['unseen']}>{t('title')}</h1>
      <section className={css['picture']} aria-label={t('image')}>
        <ImageBar onDesk={onDesk} desk={desk} />
        <div className={css['stage']}>
          <Suspense fallback={<Loading />}>
            <LateStage
              images={images}
              overlays={overlays}
              selected={selected}
              onSelect={setSelected}
              onDraw={corrections.onDraw}
            />
          </Suspense>
        </div>
      </section>
      <div className={css['side']}>
        {asked === undefined ? (
          <QuestionForm desk={desk} state={state} onDesk={onDesk} />
        ) : (
          <AskedPanel
            key={asked.order.idempotencyKey}
            desk={desk}
            asked={asked}
            selected={selected}
            onSelect={setSelected}
            corrections={isSameImage ? corrections : undefined}
          />
        )}
      </div>
    </div>
  );
}

function ImageBar({ onDesk, desk }: Pick<WorkspaceProps, 'onDesk' | 'desk'>) {
  const t = useText(TEXTS);
  const f = useFormat();
  const { images, left, isDrawing, others } = onDesk;
  return (
    <div className={css['imageBar']}>
      <p>{imageFacts(t, f, images.description).join(' · ')}</p>
      <LeftOut left={left} />
      <div className={css['buttons']} role="group" aria-label={t('another')}>
        <span className={css['aside']}>{t('another')}</span>
        <FileButtons onFound={(found) => void desk.take(found)} />
        {others === undefined || others.series.length === 1 ? null : (
          <Button
            onClick={() => {
              desk.chooseAnew();
            }}
          >
            {t('otherSeries')}
          </Button>
        )}
      </div>
      {isDrawing ? (
        <Notice tone="warn">
          <p>{t('drawn')}</p>
        </Notice>
      ) : null}
    </div>
  );
}
