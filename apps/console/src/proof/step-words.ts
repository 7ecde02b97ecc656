import { useText } from '../i18n';
import type { Tone } from '../ui';
import { FAULTS, TEXTS } from './messages';
import type { Fault } from './log';
import { isMinor, type Step, type StepName, type Unchecked } from './step';

const TITLES = {
  signature: 'stepSignature',
  root: 'stepRoot',
  continuity: 'stepContinuity',
  entry: 'stepEntry',
  path: 'stepPath',
  answer: 'stepAnswer',
} as const satisfies Record<StepName, string>;

const REASONS = {
  'no-ed25519': 'noEd25519',
  'first-visit': 'firstVisit',
  'other-key': 'otherKey',
  'entry-withheld': 'entryWithheld',
  'other-log': 'otherLog',
  'no-answer-named': 'noAnswerNamed',
  'answer-forbidden': 'answerForbidden',
  'answer-gone': 'answerGone',
} as const satisfies Record<Unchecked, string>;

/** How a step stands, as a sign beside its word. */
export const SIGNS = { running: '…', holds: '✓', fails: '✗', unchecked: '–' } as const satisfies Record<
  Step['verdict'],
  string
>;

export function toneOf(step: Step): Tone {
  switch (step.verdict) {
    case 'running':
      return 'neutral';
    case 'holds':
      return 'good';
    case 'fails':
      return 'bad';
    case 'unchecked':
      return isMinor(step) ? 'neutral' : 'warn';
  }
}

/** What did not hold, in words. */
export function useFaultWords(): (fault: Fault) => string {
  const t = useText(FAULTS);
  return ({ kind, ...places }) => {
    // Places in a log and counts of bytes are read out to others: without the separators of a locale.
    const values = Object.entries(places).map(([name, value]) => [name, String(value)] as const);
    return t(kind, Object.fromEntries(values));
  };
}

/** A step in words: what it is about, and what there is to say of how it went. */
export function useStepWords(): (step: Step) => { readonly title: string; readonly details: readonly string[] } {
  const t = useText(TEXTS);
  const faultWords = useFaultWords();
  return ({ name, sequence, fault, unchecked, waiting, before, hash, log }) => ({
    title: t(TITLES[name], { sequence: String(sequence) }),
    details: [
      ...(waiting === undefined ? [] : [t('waiting', { covered: waiting.covered, wanted: String(waiting.wanted) })]),
      ...(fault === undefined ? [] : [faultWords(fault)]),
      ...(unchecked === undefined ? [] : [t(REASONS[unchecked])]),
      ...(before === undefined ? [] : [t('continued', { before })]),
      ...(hash === undefined ? [] : [t('computed', { hash })]),
      ...(log === undefined || log.witnesses.length === 0 ? [] : [t('witnesses', { names: log.witnesses.join(', ') })]),
    ],
  });
}
