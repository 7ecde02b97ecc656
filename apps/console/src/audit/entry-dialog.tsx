import { useCallback } from 'react';
import { useText } from '../i18n';
import type { Claim } from '../proof/check-request';
import { ProofCheck } from '../proof/proof-check';
import { Button, Dialog } from '../ui';
import css from './audit.module.css';
import { factsOf, isSameJson, type Entry } from './entry';
import { useEventWords } from '../events/event-words';
import { TEXTS } from './messages';

export interface EntryDialogProps {
  readonly entry: Entry;
  readonly onClose: () => void;
}

/** Everything that an entry holds, and the proof that it stands so in the log. */
export function EntryDialog({ entry, onClose }: EntryDialogProps) {
  const t = useText(TEXTS);
  const words = useEventWords();
  const { sequence, hash, event } = entry;
  const claims = useCallback(
    (): readonly Claim[] => [{ sequence, hash, isOf: (told) => isSameJson(told, event) }],
    [sequence, hash, event],
  );
  return (
    <Dialog title={t('entryTitle', { sequence: String(sequence), event: words(event.event) })} onClose={onClose}>
      <dl className={css['facts']} aria-label={t('facts')}>
        {[...factsOf(event), ['hash', hash] as const].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ProofCheck claims={claims} />
      <div className={css['buttons']}>
        <Button onClick={onClose}>{t('close')}</Button>
      </div>
    </Dialog>
  );
}
