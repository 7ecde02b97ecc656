import type { Box } from '@medserve/clinical';
import { useFormat, useText } from '../i18n';
import type { Correctable, Correction } from './corrections';
import { TEXTS } from './messages';

/** As much of a name as a line holds. */
const SHOWN = 80;
const short = (name: string): string => (name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);

/** Says a correction in a sentence. */
export function useCorrectionWords(correctables: readonly Correctable[]): (correction: Correction) => string {
  const t = useText(TEXTS);
  const format = useFormat();
  const boxWords = (box: Box): string => {
    const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((value) => format.number(value, 1));
    return t('box', { x, y, width, height });
  };
  return (correction) => {
    if (correction.action === 'add') {
      const label = short(correction.label?.display ?? t('something'));
      return t('saysAdd', { label, box: boxWords(correction.box) });
    }
    const { target, index } = correction;
    const name = correctables.find((part) => part.target === target)?.things[index] ?? '';
    const thing = t('thing', { name: short(name), number: format.number(index + 1) });
    switch (correction.action) {
      case 'reject':
        return t('saysReject', { thing });
      case 'relabel':
        return t('saysRelabel', { thing, label: short(correction.label.display) });
      case 'move':
        return t('saysMove', { thing, box: boxWords(correction.box) });
    }
  };
}
