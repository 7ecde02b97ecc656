import type { Description } from '../api';
import { useText } from '../i18n';
import { Field } from '../ui';
import type { Desk } from './desk';
import { TEXTS } from './messages';
import { DECLARABLE, modalityName } from './names';
import type { Wishes } from './wishes';

export interface ModalityChoiceProps {
  readonly desk: Desk;
  readonly description: Description;
  readonly wishes: Wishes;
  readonly isDescribing: boolean;
}

/** What was imaged, and what says so; and another choice for a person who sees that it is something else. */
export function ModalityChoice({ desk, description, wishes, isDescribing }: ModalityChoiceProps) {
  const t = useText(TEXTS);
  const { modality, image } = description;
  const isUnknown = modality.choices.length > 0;
  const nameOf = (id: string): string => modalityName(t, { id, title: id === modality.served ? modality.title : null });
  const choices = isUnknown ? modality.choices : DECLARABLE[image.kind].map((id) => ({ id }));
  const others = choices.filter(({ id }) => id !== modality.detected);
  const isAgainst = modality.declared !== null && modality.detected !== null && modality.declared !== modality.detected;
  const why = (
    <>
      {isDescribing ? `${t('describing', { name: nameOf(wishes.modality ?? modality.served ?? '') })} ` : null}
      {isAgainst ? `${t('declared', { name: nameOf(modality.detected) })} ` : null}
      {isUnknown ? `${t('unknownModality')} ` : null}
      {/* In the platform's own words, as the answer will have it. */}
      <span lang="en">{modality.why}</span>
    </>
  );
  return (
    <Field label={t('modality')} hint={why}>
      {(control) => (
        <select
          {...control}
          value={wishes.modality ?? ''}
          disabled={isDescribing}
          onChange={({ target }) => void desk.declare(target.value === '' ? undefined : target.value)}
        >
          <option value="">
            {modality.detected === null ? t('chooseModality') : t('asFound', { name: nameOf(modality.detected) })}
          </option>
          {others.map(({ id, ...rest }) => (
            <option key={id} value={id}>
              {modalityName(t, { id, ...rest })}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
