import type { AnswerDocument } from '@medserve/clinical';
import { useFormat, useText } from '../i18n';
import type { Values } from '../i18n/format-message';
import { Panel } from '../ui';
import css from './answer.module.css';
import { EVIDENCE, evidenceWords, type Evidence } from './evidence-words';
import { FactList } from './fact-list';
import { factsOf, nameInWords } from './facts';
import { TEXTS } from './messages';
import { Pager } from './pager';
import { usePages } from './use-pages';

const PAGE = 20;
const LONGEST = 200;

/** What an answer rests on. */
export function EvidencePanel({ evidence }: Pick<AnswerDocument, 'evidence'>) {
  const t = useText(TEXTS);
  const pages = usePages(evidence, PAGE);
  return (
    <Panel title={t('evidence')}>
      <p className={css['small']}>{evidence.length === 0 ? t('noEvidence') : t('evidenceHint')}</p>
      <Pager pages={pages} all={evidence.length} />
      <ul className={css['evidence']}>
        {pages.rows.map((piece, place) => (
          <li key={pages.first + place}>
            <Piece evidence={piece} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Piece({ evidence }: { readonly evidence: Evidence }) {
  const t = useText(EVIDENCE);
  const values = useValues();
  const { key, rest } = evidenceWords(evidence);
  const facts = factsOf(rest);
  return (
    <>
      {key === undefined ? <h3>{nameInWords(evidence.kind).words}</h3> : <p>{t(key, values(evidence))}</p>}
      {facts.facts.length === 0 ? null : <FactList {...facts} />}
    </>
  );
}

/** Counts stay numbers, by which texts choose the plural; a range of Hounsfield units is told as one. */
const COUNTED = new Set(['slices', 'written', 'given', 'sentences', 'grounded']);

function useValues(): (evidence: Evidence) => Values {
  const format = useFormat();
  return (evidence) => {
    const say = (name: string, value: unknown): string | number => {
      if (typeof value === 'number') return COUNTED.has(name) ? value : format.number(value, 5);
      return typeof value === 'string' ? value.slice(0, LONGEST) : '';
    };
    const values = Object.fromEntries(Object.entries(evidence).map(([name, value]) => [name, say(name, value)]));
    const { fromHu, toHu } = values;
    const range = [fromHu === undefined ? '' : `≥ ${String(fromHu)}`, toHu === undefined ? '' : `≤ ${String(toHu)}`];
    const isWhole = fromHu !== undefined && toHu !== undefined;
    return {
      ...values,
      range: `${isWhole ? `${String(fromHu)} … ${String(toHu)}` : range.join('')} HU`,
    };
  };
}
