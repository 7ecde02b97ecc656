import { CatchBoundary } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useText } from '../i18n';
import { Notice } from '../ui';
import type { StageProps } from '../viewer/overlay';
import css from '../answer/answer.module.css';
import { TEXTS } from '../answer/messages';
import { LateStage } from '../viewer/late-stage';

/** The pixels that an answer is about, with its marks. A viewer that fails takes nothing else with it. */
export function Picture(props: StageProps) {
  const t = useText(TEXTS);
  return (
    <section className={css['picture']} aria-label={t('picture')}>
      <CatchBoundary getResetKey={() => 'picture'} errorComponent={PictureFailed}>
        <Suspense fallback={<p role="status">{t('pictureLoading')}</p>}>
          <LateStage {...props} />
        </Suspense>
      </CatchBoundary>
    </section>
  );
}

function PictureFailed() {
  const t = useText(TEXTS);
  return (
    <Notice tone="warn">
      <p>{t('pictureFailed')}</p>
    </Notice>
  );
}
