import { useFormat, useText } from '../i18n';
import { Panel, Table, type Column } from '../ui';
import { groupScores, markOf, type ScoreGroup } from './measured';
import { TEXTS } from './messages';
import type { MeasuredScore } from './model-types';
import { useModelWords } from './model-words';
import css from './models.module.css';
import { DotAndWhisker } from './dot-and-whisker';

/** How good a model was found to be: each score as a figure and as a picture, by what it was measured on. */
export function ScoresPanel({ scores }: { readonly scores: readonly MeasuredScore[] }) {
  const t = useText(TEXTS);
  return (
    <Panel title={t('measured')} className={css['scores']}>
      {scores.length === 0 ? <p className={css['lead']}>{t('measuredNone')}</p> : null}
      {groupScores(scores).map((group) => (
        <Scores key={group.data} group={group} />
      ))}
    </Panel>
  );
}

function Scores({ group: { data, scores } }: { readonly group: ScoreGroup }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const words = useModelWords();
  const figure = (value: number, unit: string | undefined): string => {
    if (unit === undefined) return format.percent(value);
    return unit === '1' ? format.number(value, 4) : `${format.number(value, 4)} ${unit}`;
  };
  const kinds = [
    ...new Set(scores.flatMap(({ low, interval }) => (low === undefined ? [] : [interval ?? t('unstatedInterval')]))),
  ];
  const columns: readonly Column<MeasuredScore>[] = [
    {
      key: 'metric',
      title: t('metric'),
      cell: ({ metric, task }) => (
        <div className={css['name']}>
          {metric}
          {task === undefined ? null : <small>{words.task(task)}</small>}
        </div>
      ),
    },
    { key: 'value', title: t('value'), isNumeric: true, cell: ({ value, unit }) => figure(value, unit) },
    ...(kinds.length === 0
      ? []
      : [
          {
            key: 'interval',
            title: t('interval'),
            isNumeric: true,
            cell: ({ low, high, unit }: MeasuredScore) =>
              low === undefined || high === undefined ? '' : `${figure(low, unit)} – ${figure(high, unit)}`,
          },
        ]),
    ...(scores.some((score) => markOf(score) !== undefined)
      ? [
          {
            key: 'picture',
            title: t('picture'),
            cell: (score: MeasuredScore) => <DotAndWhisker mark={markOf(score)} />,
          },
        ]
      : []),
    {
      key: 'cases',
      title: t('cases'),
      isNumeric: true,
      cell: ({ cases }) => (cases === undefined ? '' : format.number(cases)),
    },
  ];
  const caption = t('measuredOn', { data });
  return (
    <div className={css['scoreGroup']}>
      <h3>{caption}</h3>
      <Table
        caption={caption}
        columns={columns}
        rows={scores}
        keyOf={({ metric, task }) => `${task ?? ''} ${metric}`}
      />
      {kinds.length === 0 ? null : <p className={css['legend']}>{t('dotAndWhisker', { kind: kinds.join('; ') })}</p>}
    </div>
  );
}
