import type { Coded } from '@medserve/clinical';
import { useState, type KeyboardEvent } from 'react';
import { useFormat, useText } from '../i18n';
import { Button, Field, Notice } from '../ui';
import { BoxFields } from './box-fields';
import { useCorrectionWords } from './correction-words';
import { MOST_CORRECTIONS, type Correctable } from './corrections';
import css from './feedback.module.css';
import { TEXTS } from './messages';
import type { Corrections } from './use-corrections';

/** Labels are chosen from a list of so many at most; the reason says the rest. */
const CHOICES = 500;

export interface CorrectionFormProps {
  readonly correctables: readonly Correctable[];
  readonly corrections: Corrections;
  /** The finding that is pointed at elsewhere: it is what the form is about from then on. */
  readonly selected: string | undefined;
}

interface Subject {
  readonly target: string;
  readonly index: number;
}

/** `parts/0/17` is the eighteenth thing of the first part beside the main one. */
const subjectOf = (id: string | undefined): Subject | undefined => {
  const [, target, index] = /^(.+)\/(\d+)$/.exec(id ?? '') ?? [];
  return target === undefined ? undefined : { target, index: Number(index) };
};

/** What would be right, one correction after the other. */
export function CorrectionForm({ correctables, corrections, selected }: CorrectionFormProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const say = useCorrectionWords(correctables);
  const [subject, setSubject] = useState<Subject>(
    subjectOf(selected) ?? { target: correctables[0]?.target ?? 'answer', index: 0 },
  );
  const [followed, setFollowed] = useState(selected);
  if (followed !== selected) {
    setFollowed(selected);
    const pointed = subjectOf(selected);
    if (pointed !== undefined && correctables.some(({ target }) => target === pointed.target)) setSubject(pointed);
  }
  const part = correctables.find(({ target }) => target === subject.target) ?? correctables[0];
  if (part === undefined) return null;
  const { target, things } = part;
  const index = Math.min(subject.index, Math.max(0, things.length - 1));
  return (
    <fieldset className={css['corrections']}>
      <legend>{t('corrections')}</legend>
      <p className={css['hint']}>{t('correctionsHint')}</p>
      <div className={css['row']}>
        <div className={css['wide']}>
          <Field label={t('part')}>
            {(control) => (
              <select
                {...control}
                value={target}
                onChange={(event) => {
                  setSubject({ target: event.target.value, index: 0 });
                }}
              >
                {correctables.map(({ target: name, part: { kind, ...rest } }) => (
                  <option key={name} value={name}>
                    {'about' in rest
                      ? t('partNamed', { part: t(`part_${kind}`), about: rest.about })
                      : t(`part_${kind}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        {things.length === 0 ? null : (
          <div className={css['number']}>
            <Field label={t('which', { count: format.number(things.length) })}>
              {(control) => (
                <input
                  {...control}
                  type="number"
                  min={1}
                  max={things.length}
                  value={index + 1}
                  onKeyDown={keepUnsent}
                  onChange={(event) => {
                    const wanted = Math.trunc(Number(event.target.value)) - 1;
                    setSubject({ target, index: Math.min(things.length - 1, Math.max(0, wanted || 0)) });
                  }}
                />
              )}
            </Field>
          </div>
        )}
      </div>
      <p className={css['hint']} aria-live="polite">
        {things.length === 0 ? t('nothingThere') : t('whichIs', { name: (things[index] ?? '').slice(0, 200) })}
      </p>
      <Changes key={`${target}/${String(index)}`} part={part} index={index} corrections={corrections} />
      <p aria-live="polite">{t('listed', { count: corrections.list.length })}</p>
      {corrections.list.length < MOST_CORRECTIONS ? null : (
        <Notice tone="warn">
          <p>{t('full', { most: MOST_CORRECTIONS })}</p>
        </Notice>
      )}
      <ol className={css['list']}>
        {corrections.list.map((correction, place) => {
          const what = say(correction);
          return (
            <li key={place} className={css['item']}>
              <span>{what}</span>
              <Button
                look="quiet"
                aria-label={t('removeWhat', { what })}
                onClick={() => {
                  corrections.remove(place);
                }}
              >
                {t('remove')}
              </Button>
            </li>
          );
        })}
      </ol>
    </fieldset>
  );
}

/** Enter in a field would send the form, and what was sent cannot be taken back. */
const keepUnsent = (event: KeyboardEvent): void => {
  if (event.key === 'Enter') event.preventDefault();
};

interface ChangesProps {
  readonly part: Correctable;
  readonly index: number;
  readonly corrections: Corrections;
}

/** What can be said of one thing, and what can be added to its part. */
function Changes({ part: { target, part, things, labels, frame }, index, corrections }: ChangesProps) {
  const t = useText(TEXTS);
  const { list, put, draw, drawing, hasPicture } = corrections;
  const box = part.kind === 'regions' ? part.regions[index]?.box : undefined;
  const [added, setAdded] = useState<Coded>();
  const isThere = things.length > 0;
  const relabelled = list.find((one) => one.target === target && one.action === 'relabel' && one.index === index);
  const addition = { target, action: 'add', ...(added === undefined ? {} : { label: added }) } as const;
  return (
    <>
      {isThere ? (
        <div className={css['row']}>
          <Button
            onClick={() => {
              put({ target, action: 'reject', index });
            }}
          >
            {t(frame === undefined ? 'rejectWrong' : 'reject')}
          </Button>
          {labels.length < 2 ? null : (
            <LabelChoice
              title={t('relabel')}
              none="–"
              labels={labels}
              chosen={relabelled?.action === 'relabel' ? relabelled.label : undefined}
              onChoose={(label) => {
                if (label !== undefined) put({ target, action: 'relabel', index, label });
              }}
            />
          )}
        </div>
      ) : null}
      {frame === undefined ? null : (
        <>
          {isThere ? (
            <>
              {hasPicture ? (
                <div className={css['row']}>
                  <Button
                    onClick={() => {
                      draw({ target, action: 'move', index });
                    }}
                  >
                    {t('move')}
                  </Button>
                </div>
              ) : null}
              <BoxFields
                frame={frame}
                from={box}
                title={t('setMove')}
                onBox={(moved) => {
                  put({ target, action: 'move', index, box: moved });
                }}
              />
            </>
          ) : null}
          <div className={css['row']}>
            {labels.length === 0 ? null : (
              <LabelChoice
                title={t('addLabel')}
                none={t('noLabel')}
                labels={labels}
                chosen={added}
                onChoose={setAdded}
              />
            )}
            {hasPicture ? (
              <Button
                onClick={() => {
                  draw(addition);
                }}
              >
                {t('add')}
              </Button>
            ) : null}
          </div>
          <BoxFields
            frame={frame}
            from={undefined}
            title={t('setAdd')}
            onBox={(missed) => {
              put({ ...addition, box: missed });
            }}
          />
        </>
      )}
      {drawing === undefined ? null : (
        <Notice tone="neutral">
          <p>{t('drawNow')}</p>
          <Button
            onClick={() => {
              draw(undefined);
            }}
          >
            {t('stopDrawing')}
          </Button>
        </Notice>
      )}
    </>
  );
}

interface LabelChoiceProps {
  readonly title: string;
  /** What the choice of no label is called. */
  readonly none: string;
  readonly labels: readonly Coded[];
  readonly chosen: Coded | undefined;
  readonly onChoose: (label: Coded | undefined) => void;
}

function LabelChoice({ title, none, labels, chosen, onChoose }: LabelChoiceProps) {
  return (
    <div className={css['wide']}>
      <Field label={title}>
        {(control) => (
          <select
            {...control}
            onChange={(event) => {
              onChoose(labels[Number(event.target.value)]);
            }}
            value={chosen === undefined ? -1 : labels.indexOf(chosen)}
          >
            <option value="-1">{none}</option>
            {labels.slice(0, CHOICES).map(({ code, system, display }, place) => (
              <option key={`${system ?? ''}|${code}`} value={place}>
                {display.slice(0, 200)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}
