import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useFormat, useText } from '../i18n';
import { Field, Table, type Column } from '../ui';
import css from './answer.module.css';
import type { Finding } from '../findings/findings';
import { TEXTS } from './messages';
import { Pager } from './pager';
import { usePointer, type Pointing } from './pointing';
import { ShareBar } from './share-bar';
import { Swatch } from './swatch';
import { usePages } from './use-pages';

const PAGE = 50;
/** Fewer are seen at a glance. */
const WORTH_FILTERING = 12;

export interface FindingsTableProps extends Pointing {
  readonly caption: string;
  readonly findings: readonly Finding[];
  /** What there is to say of a finding beside its label and its score. */
  readonly columns: readonly Column<Finding>[];
}

/** Findings as rows. Pointing at one points at its mark in the picture, and the other way round. */
export function FindingsTable({ caption, findings, columns, ...pointing }: FindingsTableProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const [filter, setFilter] = useState('');
  const pointer = usePointer(pointing);
  const { selected } = pointer;
  const shown = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return wanted === '' ? findings : findings.filter(({ label }) => label.display.toLowerCase().includes(wanted));
  }, [findings, filter]);
  const pages = usePages(shown, PAGE);
  const place = useMemo(() => shown.findIndex(({ id }) => id === selected), [shown, selected]);
  const [followed, setFollowed] = useState(selected);
  if (followed !== selected) {
    // A mark in the picture was pointed at: its row is shown.
    setFollowed(selected);
    const page = Math.floor(place / PAGE);
    if (place >= 0 && page !== pages.page) pages.go(page);
  }
  const scrolled = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = scrolled.current;
    if (box === null || selected === undefined || !pointer.isFromElsewhere(selected)) return;
    const row = box.querySelector(`[data-finding="${CSS.escape(selected)}"]`)?.closest('tr');
    // Only within the table: a page that jumps under the pointer would be of no help.
    if (row) box.scrollTop = row.offsetTop - box.clientHeight / 2;
    // oxlint-disable-next-line react/exhaustive-deps -- The row is looked for when another is pointed at.
  }, [selected]);
  const label: Column<Finding> = {
    key: 'label',
    title: t('label'),
    cell: ({ id, colour, label: { display } }) => (
      <button
        type="button"
        className={css['finding']}
        data-finding={id}
        aria-pressed={pointer.pinned === id}
        title={t('pin', { label: display })}
        onClick={() => {
          pointer.togglePin(id);
        }}
      >
        <Swatch colour={colour} />
        <span className={css['name']}>{display}</span>
      </button>
    ),
  };
  const score: Column<Finding> = {
    key: 'score',
    title: t('score'),
    isNumeric: true,
    cell: ({ score: share, label: { display } }): ReactNode =>
      share === undefined ? null : (
        <span className={css['scoreCell']}>
          <ShareBar share={share} label={t('of', { label: display, share: format.percent(share) })} />
        </span>
      ),
  };
  const number: Column<Finding> = {
    key: 'number',
    title: t('number'),
    isNumeric: true,
    cell: ({ index }) => format.number(index + 1),
  };
  const hasScores = findings.some((finding) => finding.score !== undefined);
  return (
    <>
      {findings.length > WORTH_FILTERING ? (
        <div className={css['tableTools']}>
          <div className={css['filter']}>
            <Field label={t('filter')}>
              {(control) => (
                <input
                  {...control}
                  type="search"
                  value={filter}
                  onChange={(event) => {
                    setFilter(event.target.value);
                  }}
                />
              )}
            </Field>
          </div>
          <Pager pages={pages} all={shown.length} />
        </div>
      ) : null}
      {shown.length === 0 && findings.length > 0 ? <p role="status">{t('noneFits')}</p> : null}
      <div className={css['rows']} ref={scrolled}>
        <Table
          caption={caption}
          columns={[number, label, ...columns, ...(hasScores ? [score] : [])]}
          rows={pages.rows}
          keyOf={({ id }) => id}
          rowProps={({ id }) => ({
            ...pointer.over(id),
            className: id === selected ? css['selected'] : undefined,
          })}
        />
      </div>
    </>
  );
}
