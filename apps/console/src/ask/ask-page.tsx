import { Suspense, useEffect } from 'react';
import { useText } from '../i18n';
import { TEXTS as IMAGES } from '../images/messages';
import { useFileDrop } from '../images/use-file-drop';
import { useMe } from '../sign-in/me';
import { Loading, Notice } from '../ui';
import { LateStage } from '../viewer/late-stage';
import css from './ask.module.css';
import { AskedList } from './asked-list';
import { drawTestImage } from './drawing';
import { DropZone } from './drop-zone';
import { LateWorkspace } from './late-workspace';
import { TEXTS } from './messages';
import { useDesk } from './use-desk';

/** The first page: an image comes in, is seen at once, and is asked about. */
export function AskPage() {
  const t = useText(TEXTS);
  const { me, may } = useMe();
  if (!me) return <Loading />;
  if (!may('result:read')) {
    // What is asked would be answered, and nobody here could read it.
    return (
      <Notice tone="neutral">
        <p>
          <strong>{t('mayNot', { scope: 'result:read' })}</strong>
        </p>
        <p>{t('mayNotNext')}</p>
      </Notice>
    );
  }
  return <AskDesk owner={me.id} />;
}

function AskDesk({ owner }: { readonly owner: string }) {
  const t = useText(IMAGES);
  const { desk, state } = useDesk(owner);
  const { onDesk } = state;
  const isOver = useFileDrop((found) => void desk.take(found));
  useEffect(() => {
    // While a person looks for a file there is time to fetch what will show it. What cannot be fetched now is fetched when it is shown.
    for (const part of [LateWorkspace, LateStage]) part.load().catch(() => undefined);
  }, []);
  return (
    <>
      {onDesk.kind === 'shown' ? (
        <Suspense fallback={<Loading />}>
          <LateWorkspace desk={desk} state={state} onDesk={onDesk} />
        </Suspense>
      ) : (
        <DropZone
          onDesk={onDesk}
          isOver={isOver}
          onFound={(found) => void desk.take(found)}
          onDraw={() =>
            void desk.take(
              drawTestImage().then((file) => [{ file, path: file.name }]),
              { isDrawing: true },
            )
          }
          onCancel={() => {
            desk.clear();
          }}
          onAgain={(files) => void desk.retake(files)}
          onChoose={(series) => void desk.choose(series)}
        />
      )}
      <AskedList desk={desk} state={state} />
      {isOver && onDesk.kind === 'shown' ? <p className={css['letGo']}>{t('dropHere')}</p> : null}
    </>
  );
}
