import { useText } from '../i18n';
import { Badge } from '../ui';
import { TEXTS } from './messages';
import css from './proof.module.css';
import type { Step } from './step';
import { SIGNS, toneOf, useStepWords } from './step-words';

/** What is checked, one after the other, and how each step went. */
export function StepList({ steps }: { readonly steps: readonly Step[] }) {
  const t = useText(TEXTS);
  const words = useStepWords();
  return (
    <ol className={css['steps']} aria-label={t('steps')}>
      {steps.map((step) => {
        const { title, details } = words(step);
        return (
          <li key={`${step.name} ${String(step.sequence)}`} className={css['step']}>
            <Badge tone={toneOf(step)}>
              <span aria-hidden="true">{SIGNS[step.verdict]}</span>
              {t(step.verdict)}
            </Badge>
            <div className={css['stepBody']}>
              <p className={css['stepTitle']}>{title}</p>
              {details.map((detail) => (
                <p key={detail} className={css['detail']}>
                  {detail}
                </p>
              ))}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
