import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

type Where = 'model' | 'version' | 'task' | 'modality' | 'site';

/**
 * Of what was answered, from the events: nothing of a patient. Sites, scanners and labels beyond the first of each are counted as
 * `other`, so that no sender makes series without end.
 */
export interface MonitorInstruments {
  readonly results: Counter<Where | 'outcome' | 'decision'>;
  readonly turnaroundSeconds: Histogram<'task' | 'modality' | 'site' | 'class'>;
  readonly labels: Counter<'model' | 'version' | 'label'>;
  readonly score: Histogram<'model' | 'version' | 'site'>;
  readonly inputs: Counter<'modality' | 'site' | 'scanner'>;
  readonly inputQuality: Counter<'modality' | 'site' | 'warning'>;
  /** Population stability index of the last window against the reference. */
  readonly driftPsi: Gauge<'model' | 'version' | 'site' | 'scanner' | 'signal'>;
  /** Above this a PSI is drift, given how many were seen. */
  readonly driftThreshold: Gauge<'model' | 'version' | 'site' | 'scanner' | 'signal'>;
  readonly driftKs: Gauge<'model' | 'version' | 'site' | 'scanner' | 'signal'>;
  readonly drifted: Gauge<'model' | 'version' | 'site' | 'scanner' | 'signal'>;
  readonly windowSamples: Gauge<'model' | 'version' | 'site' | 'scanner' | 'signal'>;
  readonly calibrationError: Gauge<'model' | 'version' | 'site'>;
  /** Above this the error is no chance, given the scores and how many were reviewed. */
  readonly calibrationThreshold: Gauge<'model' | 'version' | 'site'>;
  readonly reviewed: Counter<'model' | 'version' | 'site' | 'verdict' | 'bin'>;
  readonly runSeconds: Counter<'model' | 'version' | 'tenant' | 'department'>;
  readonly eventsRead: Counter;
  readonly behindSeconds: Gauge;
}

const TURNAROUND_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];
const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

export function monitorInstruments(registers: Registry[]): MonitorInstruments {
  const declared = <Labels extends string>(name: string, help: string, labelNames: readonly Labels[] = []) => ({
    name: `medserve_monitor_${name}`,
    help,
    labelNames,
    registers,
    // What was kept is shown by the one monitor that leads, and by the next from there on: to add these up would count it twice.
    aggregator: 'max' as const,
  });
  const where = ['model', 'version', 'site', 'scanner', 'signal'] as const;
  return {
    results: new Counter(
      declared('results_total', 'Requests by how they ended and whether the model answered or held back', [
        'model',
        'version',
        'task',
        'modality',
        'site',
        'outcome',
        'decision',
      ]),
    ),
    turnaroundSeconds: new Histogram({
      ...declared('turnaround_seconds', 'From the acceptance of a request to its recorded answer', [
        'task',
        'modality',
        'site',
        'class',
      ]),
      buckets: TURNAROUND_SECONDS,
    }),
    labels: new Counter(declared('labels_total', 'What models answered, by label', ['model', 'version', 'label'])),
    score: new Histogram({
      ...declared('score', 'Confidence of answers, 0 to 1', ['model', 'version', 'site']),
      buckets: TENTHS,
    }),
    inputs: new Counter(declared('inputs_total', 'Images by what made them', ['modality', 'site', 'scanner'])),
    inputQuality: new Counter(
      declared(
        'input_warnings_total',
        'Answers that came with a warning: of their input, of the model that answered (fallback_model), or by it (model_caution)',
        ['modality', 'site', 'warning'],
      ),
    ),
    driftPsi: new Gauge(
      declared('drift_psi', 'Population stability index of the last window against the reference', where),
    ),
    driftThreshold: new Gauge(
      declared('drift_psi_threshold', 'Above this the index is drift, given the sizes of both samples', where),
    ),
    driftKs: new Gauge(declared('drift_ks', 'Kolmogorov-Smirnov distance of the last window to the reference', where)),
    drifted: new Gauge(
      declared('drifted', '1 where a distribution has moved, corrected for how many are looked at', where),
    ),
    windowSamples: new Gauge(declared('window_samples', 'Answers in the window that is compared', where)),
    calibrationError: new Gauge(
      declared('calibration_error', 'Expected calibration error where people said whether answers are right, 0 to 1', [
        'model',
        'version',
        'site',
      ]),
    ),
    calibrationThreshold: new Gauge(
      declared(
        'calibration_error_threshold',
        'Above this the error is too large to be chance, given the scores and how many were reviewed',
        ['model', 'version', 'site'],
      ),
    ),
    reviewed: new Counter(
      declared(
        'reviewed_total',
        'Answers that people attested or overrode, each once, by the verdict that was counted first, and tenth of confidence (none where the model tells none)',
        ['model', 'version', 'site', 'verdict', 'bin'],
      ),
    ),
    runSeconds: new Counter(
      declared('run_seconds_total', 'Run time of models by whom they ran for', [
        'model',
        'version',
        'tenant',
        'department',
      ]),
    ),
    eventsRead: new Counter({ ...declared('events_total', 'Events that the monitor has read'), aggregator: 'sum' }),
    behindSeconds: new Gauge(declared('behind_seconds', 'Age of the last event that was read, while there are more')),
  };
}
