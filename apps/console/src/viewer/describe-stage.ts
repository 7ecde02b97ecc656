import type { WindowLevel } from './window-level';
import type { ViewerText } from './messages';

/** What is to be said of a stage to who does not see it. */
export interface Shown {
  readonly columns: number;
  readonly rows: number;
  readonly slice: number;
  readonly slices: number;
  readonly window: WindowLevel;
  readonly isInverted: boolean;
  readonly hasMarks: boolean;
  /** Names of what was found on this slice, with how often. */
  readonly labels: ReadonlyMap<string, number>;
  /** On how many slices something was found. */
  readonly slicesWithMarks: number;
  readonly selected?: string | undefined;
  readonly number: (value: number) => string;
}

/** Kinds that are named; of more, how many there are is told. */
const NAMED = 12;

type Text = (key: ViewerText, values?: Readonly<Record<string, string | number>>) => string;

/** The text alternative of the image: which slice, what of its values is seen, what was found on it. */
export function describeStage(shown: Shown, t: Text): string {
  const { window, slice, slices, columns, rows, number } = shown;
  return [
    slices > 1
      ? t('describeSlice', { slice: slice + 1, count: slices, columns, rows })
      : t('describeImage', { columns, rows }),
    t('describeWindow', {
      from: number(window.center - window.width / 2),
      to: number(window.center + window.width / 2),
    }),
    ...(shown.isInverted ? [t('describeInverted')] : []),
    ...found(shown, t),
    ...(shown.selected === undefined ? [] : [t('describeSelected', { label: shown.selected })]),
  ].join(' ');
}

function found({ hasMarks, labels, slicesWithMarks, slices }: Shown, t: Text): readonly string[] {
  if (!hasMarks) return [t('describeHidden')];
  const elsewhere = slices > 1 && slicesWithMarks > 0 ? [t('describeElsewhere', { count: slicesWithMarks })] : [];
  if (labels.size === 0) return [t('describeNothing'), ...elsewhere];
  const named = [...labels]
    .slice(0, NAMED)
    .map(([label, times]) => (times > 1 ? `${label} (${String(times)})` : label));
  const list = named.join(', ');
  const more = labels.size - named.length;
  return [
    t('describeFound', {
      count: [...labels.values()].reduce((sum, times) => sum + times, 0),
      labels: more > 0 ? t('describeMore', { labels: list, more }) : list,
    }),
    ...elsewhere,
  ];
}
