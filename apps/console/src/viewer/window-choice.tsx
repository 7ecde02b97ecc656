import { useMemo } from 'react';
import type { Volume } from '../images/image-set';
import { useText } from '../i18n';
import { VIEWER } from './messages';
import css from './stage.module.css';
import { useTool } from './toolbar';
import {
  bareWindow,
  CT_PRESETS,
  extremes,
  isSameWindow,
  percentiles,
  windowOver,
  type WindowLevel,
} from './window-level';

export interface Preset extends WindowLevel {
  readonly name: (typeof CT_PRESETS)[number]['name'] | 'presetFirst' | 'presetFull' | 'presetMiddle';
}

/** The windows that are offered for an image. */
export function usePresets(volume: Volume, first: WindowLevel, isCt: boolean): readonly Preset[] {
  return useMemo(
    () => [
      { name: 'presetFirst', ...first },
      ...(isCt ? CT_PRESETS : []),
      { name: 'presetFull', ...windowOver(...extremes(volume)) },
      ...(isCt ? [] : [{ name: 'presetMiddle' as const, ...windowOver(...percentiles(volume, 0.01, 0.99)) }]),
    ],
    [volume, first, isCt],
  );
}

const OWN = 'presetOwn';

export function WindowChoice({
  presets,
  window,
  onWindow,
}: {
  readonly presets: readonly Preset[];
  readonly window: WindowLevel;
  readonly onWindow: (window: WindowLevel) => void;
}) {
  const t = useText(VIEWER);
  const tool = useTool('preset');
  const chosen = presets.find((preset) => isSameWindow(preset, window));
  return (
    <select
      {...tool}
      className={css['choice']}
      aria-label={t('windowPreset')}
      title={t('windowPreset')}
      value={chosen?.name ?? OWN}
      onChange={(event) => {
        const preset = presets.find(({ name }) => name === event.target.value);
        if (preset !== undefined) onWindow(bareWindow(preset));
      }}
    >
      {presets.map(({ name }) => (
        <option key={name} value={name}>
          {t(name)}
        </option>
      ))}
      {chosen === undefined ? <option value={OWN}>{t(OWN)}</option> : null}
    </select>
  );
}
