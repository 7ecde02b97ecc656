import { useText } from '../i18n';
import type { Tone } from '../ui';
import { TEXTS } from './messages';
import type { ModelState } from './model-types';

type Key = keyof (typeof TEXTS)['en'];

/** The text of this room for an id of the platform's, if there is one. */
const known = (prefix: string, id: string): Key | undefined => {
  const key = `${prefix}_${id}`;
  return Object.hasOwn(TEXTS.en, key) ? (key as Key) : undefined;
};

export interface ModelWords {
  /** Of the id of a task; one that this page does not know is its own word. */
  readonly task: (id: string) => string;
  /** @param id undefined: tensors, without a modality */
  readonly modality: (id: string | undefined) => string;
  readonly state: (state: ModelState) => string;
  /** What the state means for who asks the model. */
  readonly meaning: (state: ModelState) => string;
  /** Null: the newest that is served. */
  readonly version: (version: string | null) => string;
}

/** The platform's ids in words of the reader's language. */
export function useModelWords(): ModelWords {
  const t = useText(TEXTS);
  const word = (prefix: string, id: string): string => {
    const key = known(prefix, id);
    return key === undefined ? id : t(key);
  };
  return {
    task: (id) => word('task', id),
    modality: (id) => (id === undefined ? t('tensorsOnly') : word('modality', id)),
    state: (state) => word('state', state),
    meaning: (state) => word('meaning', state),
    version: (version) => (version === null ? t('newest') : t('versionNumber', { version })),
  };
}

const TONES: Readonly<Record<ModelState, Tone>> = {
  ready: 'good',
  cold: 'neutral',
  loading: 'warn',
  unloaded: 'warn',
  broken: 'bad',
};

export const toneOf = (state: ModelState): Tone => TONES[state];
