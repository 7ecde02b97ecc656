import { useFormat, useText } from '../i18n';
import { FileButtons } from '../images/file-buttons';
import { ImageProblem, isAboutFiles } from '../images/image-problem';
import { LeftOut } from '../images/left-out';
import { LIMITS } from '../images/limits';
import { TEXTS as IMAGES } from '../images/messages';
import { SendingNotice } from '../images/sending-notice';
import { SeriesChoice } from '../images/series-choice';
import type { FoundFile } from '../images/sort-out';
import type { Series } from '../images/sort-series';
import { SortingNotice } from '../images/sorting-notice';
import { Button, Notice } from '../ui';
import css from './ask.module.css';
import type { OnDesk } from './desk-state';
import { TEXTS } from './messages';

export interface DropZoneProps {
  readonly onDesk: Exclude<OnDesk, { readonly kind: 'shown' }>;
  readonly isOver: boolean;
  readonly onFound: (found: Promise<FoundFile[]>) => void;
  readonly onDraw: () => void;
  readonly onCancel: () => void;
  readonly onAgain: (files: readonly File[]) => void;
  readonly onChoose: (series: Series) => void;
}

/** Where an image comes in. */
export function DropZone({ onDesk, isOver, onFound, onDraw, onCancel, onAgain, onChoose }: DropZoneProps) {
  const t = useText(TEXTS);
  const f = useFormat();
  return (
    <section className={[css['zone'], isOver ? css['over'] : ''].join(' ')} aria-labelledby="ask-heading">
      <h1 id="ask-heading">{t('heading')}</h1>
      {onDesk.kind === 'sending' ? (
        <SendingNotice count={onDesk.count} sent={onDesk.sent} onCancel={onCancel} />
      ) : onDesk.kind === 'sorting' ? (
        <SortingNotice count={onDesk.count} looked={onDesk.looked} onCancel={onCancel} />
      ) : (
        <>
          <WhyNot onDesk={onDesk} onAgain={onAgain} />
          <SeriesOf onDesk={onDesk} onChoose={onChoose} />
          <p>{t('dropHint')}</p>
          <div className={css['buttons']}>
            <FileButtons look="primary" onFound={onFound} />
          </div>
          <ul className={css['facts']}>
            <li>{t('reads')}</li>
            <li>{t('limits', { files: LIMITS.files, bytes: f.bytes(LIMITS.bytes) })}</li>
            <li>{t('kept')}</li>
          </ul>
          <p className={css['aside']}>
            {t('noFile')}{' '}
            <Button look="quiet" onClick={onDraw}>
              {t('draw')}
            </Button>
          </p>
        </>
      )}
      {onDesk.kind === 'nothing' ? null : <LeftOut left={onDesk.left} />}
    </section>
  );
}

/** Those of what was dropped of which one is to be chosen; nothing where there is no choice. */
function SeriesOf({ onDesk, onChoose }: Pick<DropZoneProps, 'onDesk' | 'onChoose'>) {
  const found = onDesk.kind === 'several' ? onDesk : onDesk.kind === 'failed' ? onDesk.others : undefined;
  return found === undefined ? null : <SeriesChoice found={found} onChoose={onChoose} />;
}

/** Why what was dropped is not shown. */
function WhyNot({ onDesk, onAgain }: Pick<DropZoneProps, 'onDesk' | 'onAgain'>) {
  const t = useText(IMAGES);
  const f = useFormat();
  if (onDesk.kind === 'refused') {
    const { excess } = onDesk;
    return (
      <Notice tone="warn">
        <p>
          {excess === undefined
            ? t('noFiles')
            : excess.kind === 'files'
              ? t('tooManyFiles', { found: excess.found, limit: excess.limit })
              : t('tooManyBytes', { found: f.bytes(excess.found), limit: f.bytes(excess.limit) })}
        </p>
      </Notice>
    );
  }
  if (onDesk.kind !== 'failed') return null;
  const { error, files } = onDesk;
  return (
    <>
      <ImageProblem error={error} />
      {files.length === 0 || isAboutFiles(error) ? null : (
        <p>
          <Button
            onClick={() => {
              onAgain(files);
            }}
          >
            {t('again')}
          </Button>
        </p>
      )}
    </>
  );
}
