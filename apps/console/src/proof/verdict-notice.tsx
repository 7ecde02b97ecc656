import { ApiError } from '../api';
import { useText } from '../i18n';
import { Notice, ProblemNotice } from '../ui';
import { HinderedError, ProofError, type Hindrance } from './log';
import { TEXTS } from './messages';
import { verdictOf, type Step } from './step';
import { useFaultWords } from './step-words';

const HINDRANCES = {
  'no-webcrypto': ['verdictPartly', 'noWebcrypto'],
  'not-signed-yet': ['verdictPartly', 'notSignedYet'],
  'no-such-entry': ['noSuchEntry', 'noSuchEntryNext'],
} as const satisfies Record<Hindrance, readonly [string, string]>;

const VERDICTS = {
  holds: ['good', 'verdictHolds', 'verdictHoldsMore'],
  fails: ['bad', 'verdictFails', 'verdictFailsMore'],
  partly: ['warn', 'verdictPartly', 'verdictPartlyMore'],
} as const;

export interface VerdictNoticeProps {
  readonly steps: readonly Step[];
  /** What ended the check before its time. */
  readonly error?: unknown;
  /** How many entries were checked. */
  readonly count: number;
}

/** What a check that has ended comes to. */
export function VerdictNotice({ steps, error, count }: VerdictNoticeProps) {
  const t = useText(TEXTS);
  const faultWords = useFaultWords();
  if (error instanceof HinderedError) {
    const [what, next] = HINDRANCES[error.hindrance];
    return (
      <Notice tone="warn">
        <p>
          <strong>{t(what, error.values)}</strong>
        </p>
        <p>{t(next, error.values)}</p>
      </Notice>
    );
  }
  const isFault = error instanceof ProofError;
  if (error !== undefined && !isFault) return <ProblemNotice error={error instanceof ApiError ? error : undefined} />;
  const [tone, title, more] = VERDICTS[isFault ? 'fails' : verdictOf(steps)];
  return (
    <Notice tone={tone}>
      <p>
        <strong>{t(title)}</strong>
      </p>
      {isFault ? <p>{faultWords(error.fault)}</p> : null}
      <p>{t(more, { count })}</p>
    </Notice>
  );
}
