import { useFormat, useText } from '../i18n';
import { Panel } from '../ui';
import { Chart } from './chart';
import { reasonKey } from './explain';
import { lineOf, rateLineOf, type Sample } from './history';
import { TEXTS } from './messages';
import { CLASSES } from '../api/classes';
import type { Pool } from './pool';
import css from './pools.module.css';

const ENDINGS = ['answered', 'invalid', 'refused', 'failed', 'cancelled'] as const;

/** A curve of fewer says nothing. */
const LEAST_SAMPLES = 3;

/** One pool: who waits, why it has as many replicas, and how it went since the page was opened. */
export function PoolDetails({ pool, samples }: { readonly pool: Pool; readonly samples: readonly Sample[] }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const { waiting, totals } = pool;
  const hasCurves = samples.length >= LEAST_SAMPLES;
  return (
    <Panel title={t('details', { pool: pool.name })}>
      <div className={css['details']}>
        <Decided pool={pool} />
        {waiting === undefined ? null : (
          <div>
            <h3>{t('byClass')}</h3>
            <dl className={css['figures']}>
              {CLASSES.map((name) => (
                <div key={name} style={{ display: 'contents' }}>
                  <dt>{t(name)}</dt>
                  <dd>{format.number(waiting[name])}</dd>
                </div>
              ))}
            </dl>
          </div>
        )}
        {totals === undefined ? null : (
          <div>
            <h3>{t('sinceStart')}</h3>
            <dl className={css['figures']}>
              {ENDINGS.map((name) => (
                <div key={name} style={{ display: 'contents' }}>
                  <dt>{t(name)}</dt>
                  <dd>{format.number(totals[name])}</dd>
                </div>
              ))}
            </dl>
          </div>
        )}
      </div>
      {hasCurves ? (
        <div className={css['charts']}>
          <Chart
            title={t('demandChart')}
            series={[
              { name: t('queued'), colour: 0, ...lineOf(samples, ({ queuedSlots }) => queuedSlots) },
              { name: t('runningSlots'), colour: 1, ...lineOf(samples, ({ runningSlots }) => runningSlots) },
              {
                name: t('ready'),
                colour: 2,
                dash: [6, 4],
                ...lineOf(samples, ({ readyReplicas }) => readyReplicas),
              },
            ]}
          />
          <Chart
            title={t('endingsChart')}
            series={[
              { name: t('answered'), colour: 1, ...rateLineOf(samples, 'answered') },
              { name: t('failed'), colour: 0, dash: [2, 3], ...rateLineOf(samples, 'failed') },
              { name: t('refused'), colour: 2, dash: [6, 4], ...rateLineOf(samples, 'refused') },
            ]}
          />
        </div>
      ) : (
        <p className={css['small']}>{t('tooFew')}</p>
      )}
    </Panel>
  );
}

function Decided({ pool: { decision } }: { readonly pool: Pool }) {
  const t = useText(TEXTS);
  return (
    <div className={css['decision']}>
      <h3>{t('decision')}</h3>
      {decision === undefined ? (
        <p>{t('noDecision')}</p>
      ) : (
        <>
          <p>{t('decided', { count: decision.replicas, wanted: decision.wanted })}</p>
          <p>{t(reasonKey(decision), { floor: decision.floor, because: decision.because })}</p>
        </>
      )}
    </div>
  );
}
