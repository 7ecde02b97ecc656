import type { AnswerDocument } from '@medserve/clinical';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useCorrections } from '../feedback/use-corrections';
import { useText } from '../i18n';
import { DropAgain } from '../images/drop-again';
import { useImagesOf } from '../images/use-images-of';
import { Loading, ProblemNotice } from '../ui';
import css from '../answer/answer.module.css';
import { AnswerView } from '../answer/answer-view';
import { FailedRequest } from './failed-request';
import { TEXTS } from '../answer/messages';
import { OtherResult } from './other-result';
import { overlaysOf } from '../findings/overlays';
import { Picture } from './picture';
import { RunningRequest } from './running-request';
import { useResult } from './use-result';

/** What became of a request: its answer, or why there is none, or how far it is. */
export function AnswerPage() {
  const t = useText(TEXTS);
  const parameters: unknown = useParams({ from: '/answers/$id' });
  const { id } = parameters as { readonly id: string };
  const state = useResult(id);
  return (
    <div className={css['page']}>
      <div className={css['head']}>
        <h1>{t(state.kind === 'missing' ? 'notFound' : 'title')}</h1>
        <Link to="/work">{t('workList')}</Link>
      </div>
      <Body key={id} id={id} state={state} />
    </div>
  );
}

function Body({ id, state }: { readonly id: string; readonly state: ReturnType<typeof useResult> }) {
  const t = useText(TEXTS);
  switch (state.kind) {
    case 'loading':
      return <Loading />;
    case 'running':
      return <RunningRequest progress={state.progress} />;
    case 'ended':
      return state.result.kind === 'answer' ? (
        <Answered document={state.result.document} />
      ) : (
        <OtherResult id={id} result={state.result} />
      );
    case 'failed':
      return <FailedRequest id={id} problem={state.problem} />;
    case 'missing':
      return <p>{t('notFoundNext')}</p>;
    case 'refused':
      return <ProblemNotice error={state.error} />;
  }
}

/** An answer, with the picture that it is about where that is in this tab. */
function Answered({ document }: { readonly document: AnswerDocument }) {
  const [selected, setSelected] = useState<string>();
  const images = useImagesOf(document.provenance.inputs);
  const corrections = useCorrections(document, images !== undefined);
  const marks = useMemo(() => overlaysOf(document), [document]);
  const overlays = useMemo(() => [...marks, ...corrections.overlays], [marks, corrections.overlays]);
  const view = <AnswerView document={document} selected={selected} onSelect={setSelected} corrections={corrections} />;
  if (images === undefined) {
    return (
      <>
        {isOfImages(document) ? <DropAgain requestId={document.id} inputs={document.provenance.inputs} /> : null}
        {view}
      </>
    );
  }
  return (
    <div className={css['withPicture']}>
      <Picture
        images={images}
        overlays={overlays}
        selected={selected}
        onSelect={setSelected}
        onDraw={corrections.onDraw}
      />
      {view}
    </div>
  );
}

/** Not of a conversation, whose images are kept with it, nor of tensors. */
const isOfImages = ({ provenance: { inputs } }: AnswerDocument): boolean =>
  inputs.length > 0 && inputs.every(({ kind }) => kind !== 'conversation' && kind !== 'tensor');
