import { useFormat, useText } from '../i18n';
import { Button, Dialog, ProblemNotice } from '../ui';
import { TEXTS } from './messages';
import { answeringAfter, firstWaitMs, type ModelChange } from './model-change';
import type { ModelDetails } from './model-types';
import { useModelWords } from './model-words';
import css from './models.module.css';

export interface ChangeDialogProps {
  readonly model: ModelDetails;
  readonly change: ModelChange;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

/** Says what a change will do to those who ask the model, before it is made. */
export function ChangeDialog({ model, change, isPending, error, onCancel, onConfirm }: ChangeDialogProps) {
  const t = useText(TEXTS);
  const words = useModelWords();
  const { name } = model;
  const wanted = change.kind === 'choose' ? change.version : model.default.previous;
  const title = {
    load: () => t('askLoad', { name }),
    unload: () => t('askUnload', { name }),
    choose: () => t('askChoose', { name, to: words.version(wanted) }),
    back: () => t('askChoose', { name, to: words.version(wanted) }),
  };
  return (
    <Dialog title={title[change.kind]()} {...(isPending ? {} : { onClose: onCancel })}>
      <ul className={css['consequences']}>
        {useConsequences(model, change).map((said) => (
          <li key={said}>{said}</li>
        ))}
        <li>{t('onRecord')}</li>
      </ul>
      {error === null ? null : <ProblemNotice error={error} />}
      <p className={css['answers']}>
        <Button onClick={onCancel} isOff={isPending} autoFocus>
          {t('cancel')}
        </Button>
        <Button look={change.kind === 'unload' ? 'danger' : 'primary'} onClick={onConfirm} isOff={isPending}>
          {isPending ? t('working') : t(VERBS[change.kind])}
        </Button>
      </p>
    </Dialog>
  );
}

const VERBS = { load: 'doLoad', unload: 'doUnload', choose: 'doChoose', back: 'doChoose' } as const;

function useConsequences(model: ModelDetails, change: ModelChange): readonly string[] {
  const t = useText(TEXTS);
  const format = useFormat();
  const { name } = model;
  if (change.kind === 'load') return [t('loadTraffic')];
  if (change.kind === 'unload') return [t('unloadTraffic'), t('unloadOthers')];
  const to = answeringAfter(change, model) ?? '';
  const from = model.default.answering ?? '';
  const wanted = change.kind === 'choose' ? change.version : model.default.previous;
  const waitMs = firstWaitMs(to, model);
  const stays = wanted === null ? t('chooseSameNewest', { to }) : t('chooseSame', { to });
  return [
    from === to ? stays : t('chooseTraffic', { name, to, from }),
    t('chooseEverywhere'),
    t('chooseRunning'),
    ...(waitMs === 0
      ? []
      : [
          waitMs === undefined
            ? t('chooseColdUnknown', { to })
            : t('chooseCold', { to, wait: format.duration(waitMs) }),
        ]),
  ];
}
