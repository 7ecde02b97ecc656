import { useFormat, useText } from '../i18n';
import { Notice, usePhaseWords } from '../ui';
import uiCss from '../ui/ui.module.css';
import { TEXTS } from '../answer/messages';
import type { Progress } from './use-result';

/** How far a request is. */
export function RunningRequest({ progress: { phase, percent, expectedMs } }: { readonly progress: Progress }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const words = usePhaseWords();
  const told = [
    ...(phase === undefined ? [] : [words(phase)]),
    ...(percent === undefined ? [] : [t('percent', { percent: format.percent(percent / 100, 0) })]),
    ...(expectedMs === undefined ? [] : [t('expected', { duration: format.duration(expectedMs) })]),
  ];
  return (
    <Notice tone="neutral">
      <p>
        <strong>{t('running')}</strong>
      </p>
      <progress
        className={uiCss['progressTrack']}
        aria-label={t('running')}
        max={100}
        {...(percent === undefined ? {} : { value: percent })}
      />
      <p>{told.join(' · ')}</p>
      <p>{t('runningNext')}</p>
    </Notice>
  );
}
