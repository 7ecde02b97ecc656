import { useText } from '../i18n';
import { Button, Notice } from '../ui';
import css from './images.module.css';
import { TEXTS } from './messages';
import { mayLackSlices, type Series, type SortedSeries } from './sort-series';

export interface SeriesChoiceProps {
  readonly found: SortedSeries;
  readonly onChoose: (series: Series) => void;
}

/** The series that were found in a folder, to look at one of them. What their headers say is shown as text. */
export function SeriesChoice({ found, onChoose }: SeriesChoiceProps) {
  const t = useText(TEXTS);
  return (
    <>
      <p role="status">{t('several', { count: found.series.length })}</p>
      {mayLackSlices(found) ? (
        <Notice tone="warn">
          <p>{t('mayLack')}</p>
        </Notice>
      ) : null}
      <ul className={css['series']}>
        {found.series.map((series) => (
          <SeriesLine key={series.uid} series={series} onChoose={onChoose} />
        ))}
      </ul>
    </>
  );
}

function SeriesLine({ series, onChoose }: Pick<SeriesChoiceProps, 'onChoose'> & { readonly series: Series }) {
  const t = useText(TEXTS);
  const { description, number, modality, files } = series;
  const facts = [
    ...(number === undefined ? [] : [t('seriesNumber', { number: String(number) })]),
    ...(modality === undefined ? [] : [modality]),
    t('files', { count: files.length }),
  ];
  return (
    <li>
      <Button
        onClick={() => {
          onChoose(series);
        }}
      >
        <bdi>{description ?? t('unnamed')}</bdi>
      </Button>
      <span>{facts.join(' · ')}</span>
    </li>
  );
}
