import type { Report, Sentence } from '@medserve/clinical';
import { useMemo, useState } from 'react';
import { useFormat, useLanguage, useText } from '../i18n';
import { Button } from '../ui';
import css from './answer.module.css';
import type { Finding } from '../findings/findings';
import { LongText, wordsIn } from './long-text';
import { TEXTS } from './messages';
import { usePointer, type Pointer, type Pointing } from './pointing';
import { Rationale } from './regions-view';
import { Swatch } from './swatch';

const AT_FIRST = 100;
const LONG_SENTENCE = 4_000;

export interface ReportViewProps extends Pointing {
  readonly part: Report;
  /** All of the answer: sentences refer to regions beside the report. */
  readonly findings: readonly Finding[];
}

/** A draft report: sections of sentences, each with the places that it speaks of. */
export function ReportView({ part, findings, ...pointing }: ReportViewProps) {
  const t = useText(TEXTS);
  const pointer = usePointer(pointing);
  const byName = useMemo(
    () => new Map(findings.flatMap((finding) => (finding.referredToAs ? [[finding.referredToAs, finding]] : []))),
    [findings],
  );
  const { sections, rationale, language } = part;
  if (sections.length === 0) return <p>{t('noSentences')}</p>;
  return (
    <>
      {sections.slice(0, AT_FIRST).map(({ title, sentences }, place) => (
        <section key={place} {...wordsIn(language)}>
          <h3>{title}</h3>
          <Sentences sentences={sentences} byName={byName} pointer={pointer} language={language} />
        </section>
      ))}
      {rationale === undefined ? null : <Rationale text={rationale} />}
    </>
  );
}

interface SentencesProps {
  readonly sentences: readonly Sentence[];
  readonly byName: ReadonlyMap<string, Finding>;
  readonly pointer: Pointer;
  readonly language: string | undefined;
}

function Sentences({ sentences, byName, pointer, language }: SentencesProps) {
  const t = useText(TEXTS);
  const { language: ofPage } = useLanguage();
  const [wanted, setWanted] = useState(AT_FIRST);
  const left = Math.max(0, sentences.length - wanted);
  return (
    <>
      <ul className={css['sentences']}>
        {sentences.slice(0, wanted).map(({ text, regions, rationale }, place) => {
          const places = regions.flatMap((name) => byName.get(name) ?? []);
          const isLit = places.some(({ id }) => id === pointer.selected);
          return (
            <li key={place} className={css['sentence']} data-lit={isLit}>
              {text.length > LONG_SENTENCE ? (
                <LongText text={text} language={language} />
              ) : (
                <span className={css['lines']}>{text}</span>
              )}
              {places.map((finding) => (
                <Reference key={finding.id} finding={finding} pointer={pointer} />
              ))}
              {rationale === undefined ? null : <Rationale text={rationale} />}
            </li>
          );
        })}
      </ul>
      {left === 0 ? null : (
        <Button
          look="quiet"
          lang={ofPage}
          dir="ltr"
          onClick={() => {
            setWanted(wanted + AT_FIRST);
          }}
        >
          {t('sentencesLeft', { count: left })}
        </Button>
      )}
    </>
  );
}

function Reference({ finding, pointer }: { readonly finding: Finding; readonly pointer: Pointer }) {
  const t = useText(TEXTS);
  const { language } = useLanguage();
  const format = useFormat();
  const { id, index, label, colour } = finding;
  const number = format.number(index + 1);
  return (
    <button
      type="button"
      lang={language}
      dir="ltr"
      className={css['reference']}
      aria-label={t('region', { number, label: label.display })}
      aria-pressed={pointer.pinned === id}
      onClick={() => {
        pointer.togglePin(id);
      }}
      {...pointer.over(id)}
    >
      <Swatch colour={colour} />
      {number}
    </button>
  );
}
