import type { Description } from '../api';
import type { Formats } from '../i18n';
import type { TEXTS } from './messages';

type Text = (key: keyof (typeof TEXTS)['en'], values?: Readonly<Record<string, string | number>>) => string;

/** What an image is like, in words: its size, its spacing, its colours. */
export function imageFacts(t: Text, f: Pick<Formats, 'number'>, { image }: Pick<Description, 'image'>): string[] {
  const { kind, columns, rows, slices, samplesPerPixel, spacingMm } = image;
  const mm = (value: number): string => f.number(value, 3);
  const size = kind === 'volume' ? t('sizeOfVolume', { columns, rows, slices }) : t('sizeOfImage', { columns, rows });
  const spacing =
    spacingMm === null
      ? t('noSpacing')
      : spacingMm.z === null
        ? t('spacing', { x: mm(spacingMm.x), y: mm(spacingMm.y) })
        : t('spacingOfVolume', { x: mm(spacingMm.x), y: mm(spacingMm.y), z: mm(spacingMm.z) });
  return [size, spacing, ...(samplesPerPixel === 3 ? [t('colour')] : [])];
}
