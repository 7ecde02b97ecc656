import { useId } from 'react';
import { useFormat, useText } from '../i18n';
import { Panel, Table } from '../ui';
import css from './answer.module.css';
import { nameInWords } from './facts';
import { TEXTS } from './messages';
import { waterfallOf, type Phase } from './waterfall';

const NAMED = {
  decode: 'phase_decode',
  recognise: 'phase_recognise',
  accept: 'phase_accept',
  dispatch: 'phase_dispatch',
  load: 'phase_load',
  preprocess: 'phase_preprocess',
  queue: 'phase_queue',
  run: 'phase_run',
  read: 'phase_read',
  rest: 'phase_rest',
  firstToken: 'phase_firstToken',
} as const;

const isNamed = (name: string): name is keyof typeof NAMED => Object.hasOwn(NAMED, name);

/** Where the time of a request went: as bars, and as a table. */
export function TimingsPanel({ timings }: { readonly timings: Readonly<Record<string, number>> }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const tableId = useId();
  const { phases, totalMs, marks, others } = waterfallOf(timings);
  const nameOf = (name: string): string => (isNamed(name) ? t(NAMED[name]) : nameInWords(name).words);
  const share = (ms: number): string => `${String(totalMs === 0 ? 0 : (ms / totalMs) * 100)}%`;
  const rows = [
    ...phases.map((phase) => ({ ...phase, key: `${phase.name} ${String(phase.startMs)} ${String(phase.level)}` })),
    ...marks.map(({ name, atMs }) => ({ name, startMs: atMs, durationMs: undefined, level: 1, key: name })),
    ...others.map(({ name, durationMs }) => ({ name, startMs: undefined, durationMs, level: 0, key: `other ${name}` })),
  ];
  return (
    <Panel title={t('timings')}>
      <p>{t('total', { duration: format.duration(totalMs) })}</p>
      <div className={css['waterfall']} aria-hidden aria-describedby={tableId}>
        {phases.map((phase, place) => (
          <div key={place} className={css['phase']}>
            <span className={phase.level === 1 ? css['inner'] : undefined}>{nameOf(phase.name)}</span>
            <span className={css['track']}>
              <span
                className={`${css['span'] ?? ''} ${lookOf(phase)}`}
                style={{ insetInlineStart: share(phase.startMs), width: share(phase.durationMs) }}
              />
              {phase.name === 'run'
                ? marks.map(({ name, atMs }) => (
                    <span key={name} className={css['mark']} style={{ insetInlineStart: share(atMs) }} />
                  ))
                : null}
            </span>
            <span className={css['share']}>{format.duration(phase.durationMs)}</span>
          </div>
        ))}
      </div>
      <details className={css['more']} id={tableId}>
        <summary>{t('asTable')}</summary>
        <Table
          caption={t('timings')}
          rows={rows}
          keyOf={({ key }) => key}
          columns={[
            { key: 'phase', title: t('phase'), cell: ({ name }) => nameOf(name) },
            {
              key: 'start',
              title: t('start'),
              isNumeric: true,
              cell: ({ startMs }) => (startMs === undefined ? '–' : format.duration(startMs)),
            },
            {
              key: 'duration',
              title: t('duration'),
              isNumeric: true,
              cell: ({ durationMs }) => (durationMs === undefined ? '–' : format.duration(durationMs)),
            },
          ]}
        />
      </details>
    </Panel>
  );
}

function lookOf({ name, level }: Phase): string {
  if (name === 'rest') return css['spanRest'] ?? '';
  return level === 1 ? (css['spanInner'] ?? '') : '';
}
