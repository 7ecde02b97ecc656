import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Button, Notice, Panel } from '../ui';
import { fetchArchived, findArchived } from './archived-images';
import { FileButtons } from './file-buttons';
import { ImageProblem } from './image-problem';
import css from './images.module.css';
import { inspectImages } from './inspect-images';
import { excessOf } from './limits';
import { TEXTS } from './messages';
import type { Sent } from './send-files';
import { SendingNotice } from './sending-notice';
import { shelf, shelfKey, type InputHash } from './shelf';
import { sortOut, type FoundFile } from './sort-out';
import { useFileDrop } from './use-file-drop';

export interface DropAgainProps {
  readonly requestId: string;
  /** `provenance.inputs` of the answer. */
  readonly inputs: readonly (InputHash & { readonly bytes: number })[];
}

type State =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'fetching' }
  | { readonly kind: 'sending'; readonly count: number; readonly sent?: Sent }
  | { readonly kind: 'other' }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Asks for the files of an answer again, or has the archive send them where a route asked about a study. Where the platform says that they are the same, by their SHA-256, they are put on the shelf,
 * and `useImagesOf` finds them.
 */
export function DropAgain({ requestId, inputs }: DropAgainProps) {
  const t = useText(TEXTS);
  const { me, may } = useMe();
  const [state, setState] = useState<State>({ kind: 'waiting' });
  const work = useRef(new AbortController());
  const owner = me?.id;
  const { data: archived } = useQuery({
    queryKey: ['archived', requestId],
    queryFn: async ({ signal }) => (await findArchived(requestId, signal)) ?? null,
    staleTime: Infinity,
    // What is too large to be decoded in one request is not fetched either.
    enabled: may('infer') && may('result:read') && excessOf(inputs.map(({ bytes }) => ({ size: bytes }))) === undefined,
  });

  const begin = (): AbortSignal => {
    work.current.abort();
    work.current = new AbortController();
    return work.current.signal;
  };
  const look = async (found: Promise<FoundFile[]>, signal = begin()): Promise<void> => {
    try {
      const { kept: files } = sortOut(await found);
      if (signal.aborted) return;
      if (files.length !== inputs.length || owner === undefined) {
        setState({ kind: 'other' });
        return;
      }
      setState({ kind: 'sending', count: files.length });
      const onSent = (sent: Sent): void => {
        setState({ kind: 'sending', count: files.length, sent });
      };
      const images = await inspectImages({ files, signal, onSent });
      if (shelfKey(images.description.inputs) !== shelfKey(inputs)) setState({ kind: 'other' });
      else shelf.keep(images, owner);
    } catch (error) {
      if (!signal.aborted) setState({ kind: 'failed', error });
    }
  };
  const isOver = useFileDrop((found) => {
    if (may('infer')) void look(found);
  });

  const cancel = (): void => {
    work.current.abort();
    setState({ kind: 'waiting' });
  };

  if (!may('infer')) return null;
  return (
    <Panel title={t('apart')} className={isOver ? css['over'] : undefined}>
      <p>{t('apartNext', { count: inputs.length })}</p>
      {state.kind === 'sending' ? (
        <SendingNotice count={state.count} sent={state.sent} onCancel={cancel} />
      ) : state.kind === 'fetching' ? (
        <div className={css['sending']}>
          <p role="status">{t('fetching')}</p>
          <Button onClick={cancel}>{t('cancel')}</Button>
        </div>
      ) : (
        <div className={css['buttons']}>
          {archived ? (
            <Button
              look="primary"
              onClick={() => {
                const signal = begin();
                setState({ kind: 'fetching' });
                void look(fetchArchived(archived, inputs, signal), signal);
              }}
            >
              {t('fetch')}
            </Button>
          ) : null}
          <FileButtons onFound={(found) => void look(found)} />
        </div>
      )}
      {state.kind === 'other' ? (
        <Notice tone="warn">
          <p>{t('notTheSame')}</p>
        </Notice>
      ) : null}
      {state.kind === 'failed' ? <ImageProblem error={state.error} /> : null}
    </Panel>
  );
}
