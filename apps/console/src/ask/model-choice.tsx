import type { Offer, OfferedModel } from '../api';
import { useFormat, useText } from '../i18n';
import { Field } from '../ui';
import { TEXTS } from './messages';
import type { WishProps } from './task-choice';
import { modelId, modelOf } from './wishes';

export interface ModelChoiceProps extends WishProps {
  readonly offer: Offer;
}

/** Who answers, and whether at once. */
export function ModelChoice({ offer, wishes, wish }: ModelChoiceProps) {
  const t = useText(TEXTS);
  const warmth = useWarmth();
  const chosen = modelOf(offer, wishes);
  return (
    <Field label={t('model')} hint={chosen === undefined ? undefined : warmth(chosen)}>
      {(control) => (
        <select
          {...control}
          value={chosen === undefined ? '' : modelId(chosen)}
          onChange={({ target }) => {
            wish({ model: target.value });
          }}
        >
          {offer.models.map((model) => {
            const name = t('modelName', { title: model.title, name: model.name, version: model.version });
            return (
              <option key={modelId(model)} value={modelId(model)}>
                {model.isDefault ? t('modelUsual', { name }) : name}
              </option>
            );
          })}
        </select>
      )}
    </Field>
  );
}

function useWarmth(): (model: OfferedModel) => string {
  const t = useText(TEXTS);
  const f = useFormat();
  return ({ isWarm, state, expectedLoadMs }) => {
    if (isWarm) return t('warm');
    if (state === 'loading') return t('loadingNow');
    return expectedLoadMs === undefined ? t('coldUnmeasured') : t('cold', { duration: f.duration(expectedLoadMs) });
  };
}
