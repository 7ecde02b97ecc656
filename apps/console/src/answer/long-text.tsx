import { useMemo, useState } from 'react';
import { useFormat, useLanguage, useText } from '../i18n';
import { Button } from '../ui';
import css from './answer.module.css';
import { chunksOf } from './chunks';
import { TEXTS } from './messages';

const CHUNK = 4_000;
/** Chunks that are shown at first, and more at a time. */
const STEP = 4;

const RIGHT_TO_LEFT = /^(?:ar|he|fa|ur|yi|ps|sd|ug|dv)\b|-(?:Arab|Hebr|Syrc|Thaa|Nkoo)\b/;

export interface LongTextProps {
  readonly text: string;
  /** A language tag, where it is known; `und-...` says only in which script it is. */
  readonly language?: string | undefined;
}

/** What `lang` and `dir` say of words whose language may be known by its script only. */
export const wordsIn = (language: string | undefined): { lang?: string; dir: 'rtl' | 'auto' } => ({
  ...(language === undefined || language.startsWith('und') ? {} : { lang: language }),
  dir: language !== undefined && RIGHT_TO_LEFT.test(language) ? 'rtl' : 'auto',
});

/** Words of a model: as they were written, with their lines, a piece at a time where they are many. Nothing in them is markup. */
export function LongText({ text, language }: LongTextProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const { language: ofPage } = useLanguage();
  const chunks = useMemo(() => chunksOf(text, CHUNK), [text]);
  const [wanted, setWanted] = useState(STEP);
  const shown = chunks.slice(0, wanted);
  const isWhole = shown.length === chunks.length;
  return (
    <div className={css['prose']} {...wordsIn(language)}>
      {shown.map((chunk, place) => (
        <div key={place} className={chunks.length === 1 ? css['lines'] : `${css['lines'] ?? ''} ${css['chunk'] ?? ''}`}>
          {chunk}
        </div>
      ))}
      {isWhole ? null : (
        <div lang={ofPage} dir="ltr">
          <p className={css['small']} role="status">
            {t('longText', {
              shown: format.number(shown.reduce((sum, { length }) => sum + length, 0)),
              all: format.number(text.length),
            })}
          </p>
          <Button
            onClick={() => {
              setWanted(wanted + STEP);
            }}
          >
            {t('showMore')}
          </Button>{' '}
          <Button
            onClick={() => {
              setWanted(chunks.length);
            }}
          >
            {t('showAll')}
          </Button>
        </div>
      )}
    </div>
  );
}
