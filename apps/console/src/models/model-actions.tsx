import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useText } from '../i18n';
import { Notice } from '../ui';
import { ChangeDialog } from './change-dialog';
import { TEXTS } from './messages';
import type { ModelChange } from './model-change';
import type { ModelDefault, ModelDetails } from './model-types';
import { useModelWords } from './model-words';
import { useModelChange } from './queries';

export interface ModelActionsProps {
  readonly model: ModelDetails;
  /** Is given how to ask for a change; it is made only after it was confirmed. */
  readonly children: (ask: (change: ModelChange) => void) => ReactNode;
}

interface Done {
  readonly change: ModelChange;
  readonly shown: ModelDefault | undefined;
}

/** The ledger's words for what may be done here. */
const EVENTS = {
  load: 'model_loaded',
  unload: 'model_unloaded',
  choose: 'model_default_changed',
  back: 'model_default_changed',
} as const;

/** Has changes confirmed and made, and tells what came of them. */
export function ModelActions({ model, children }: ModelActionsProps) {
  const [asked, setAsked] = useState<ModelChange>();
  const [done, setDone] = useState<Done>();
  const { mutate, isPending, error, reset } = useModelChange();
  const ask = (change: ModelChange): void => {
    reset();
    setDone(undefined);
    setAsked(change);
  };
  return (
    <>
      <div aria-live="polite">{done === undefined ? null : <Told name={model.name} done={done} />}</div>
      {children(ask)}
      {asked === undefined ? null : (
        <ChangeDialog
          model={model}
          change={asked}
          isPending={isPending}
          error={error}
          onCancel={() => {
            setAsked(undefined);
          }}
          onConfirm={() => {
            mutate(asked, {
              onSuccess: (shown) => {
                setDone({ change: asked, shown });
                setAsked(undefined);
              },
            });
          }}
        />
      )}
    </>
  );
}

function Told({ name, done: { change, shown } }: { readonly name: string; readonly done: Done }) {
  const t = useText(TEXTS);
  const words = useModelWords();
  const said = {
    load: () => t('doneLoad', { name }),
    unload: () => t('doneUnload', { name }),
    choose: () => t('doneChoose', { name, version: words.version(shown?.version ?? null) }),
    back: () => t('doneChoose', { name, version: words.version(shown?.version ?? null) }),
  };
  return (
    <Notice tone="good">
      <p>
        {said[change.kind]()}{' '}
        <Link to="/audit" search={{ event: EVENTS[change.kind] }}>
          {t('seeRecord')}
        </Link>
      </p>
    </Notice>
  );
}
