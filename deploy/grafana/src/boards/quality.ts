import { CHOICES, type Board } from '../kit/board';
import { figure, graph, heat, table, words } from '../kit/kinds';

const where = 'model=~"$model", site=~"$site"';
const stream = 'model, version, site, scanner, signal';
const judged = 'model, version, site';

const GLANCE = { width: 6, height: 4 } as const;
const THIRD = { width: 8, height: 8 } as const;
const HALF = { width: 12, height: 8 } as const;

/** For who answers for the quality of the models: whether images and answers are still what the models were tested with. */
export const quality: Board = {
  uid: 'medserve-quality',
  title: 'MedServe: quality',
  about:
    'Whether images and answers are still what the models were tested with, and whether their confidence can be believed.',
  choices: [CHOICES.model, CHOICES.site],
  from: 'now-7d',
  sections: [
    {
      title: 'Is it all right, and if not, where',
      panels: [
        figure({
          ...GLANCE,
          title: 'Distributions that have moved',
          about:
            'Corrected for how many are looked at: with nothing wrong, one look in a hundred shows one, which in the course of a day is one day in ten or twenty. Wait for one that stays.',
          unit: 'none',
          limits: { warn: 1, bad: 3 },
          alert: 'MedserveDrift',
          queries: [{ expr: `sum(max by (${stream}) (medserve_monitor_drifted{${where}}))` }],
        }),
        figure({
          ...GLANCE,
          title: 'Largest index, of its threshold',
          about:
            'Population stability index of the distribution that is furthest, divided by what is drift for its number of samples.',
          unit: 'percentunit',
          limits: { warn: 0.7, bad: 1 },
          alert: 'MedserveDrift',
          queries: [
            {
              expr: `max(max by (${stream}) (medserve_monitor_drift_psi{${where}}) / on (${stream}) max by (${stream}) (medserve_monitor_drift_psi_threshold{${where}}))`,
            },
          ],
        }),
        figure({
          ...GLANCE,
          title: 'Worst calibration error, of its threshold',
          about:
            'How far confidence and being right lie apart on average, where people said what is right, divided by what is too much to be chance for its number of reviews.',
          unit: 'percentunit',
          limits: { warn: 0.7, bad: 1 },
          alert: 'MedserveCalibrationOff',
          queries: [
            {
              expr: `max(max by (${judged}) (medserve_monitor_calibration_error{${where}}) / on (${judged}) max by (${judged}) (medserve_monitor_calibration_error_threshold{${where}}))`,
            },
          ],
        }),
        figure({
          ...GLANCE,
          title: 'Monitor behind',
          about: 'Age of what this dashboard shows. Above five minutes all of it is of then.',
          unit: 's',
          limits: { warn: 60, bad: 300 },
          alert: 'MedserveMonitorBehind',
          queries: [{ expr: 'max(medserve_monitor_behind_seconds)' }],
        }),
        table({
          width: 24,
          height: 9,
          title: 'Where',
          about:
            'A row for each distribution that is watched. An index says little where the window is small: the threshold knows that.',
          alert: 'MedserveDrift',
          by: ['model', 'version', 'site', 'scanner', 'signal'],
          columns: [
            {
              name: 'Moved',
              expr: `max by (${stream}) (medserve_monitor_drifted{${where}})`,
              limits: { warn: 0.5, bad: 1 },
            },
            { name: 'Index (PSI)', expr: `max by (${stream}) (medserve_monitor_drift_psi{${where}})`, decimals: 3 },
            {
              name: 'is drift above',
              expr: `max by (${stream}) (medserve_monitor_drift_psi_threshold{${where}})`,
              decimals: 3,
            },
            { name: 'Distance (KS)', expr: `max by (${stream}) (medserve_monitor_drift_ks{${where}})`, decimals: 3 },
            { name: 'In the window', expr: `max by (${stream}) (medserve_monitor_window_samples{${where}})` },
          ],
        }),
      ],
    },
    {
      title: 'Drift',
      panels: [
        words(
          'The **index (PSI)** compares the last window with the reference, bin by bin. Small windows swing: its **threshold** falls as the window fills, so compare the two, never the index with a number from a book. The **distance (KS)** sees what lies between the bins. Moved at one site only: a scanner or a protocol there. At all sites at once: a model version, or something before the models.',
          { width: 24, height: 3 },
        ),
        graph({
          ...THIRD,
          title: 'Index, of its threshold',
          about: 'Above 1 is drift.',
          unit: 'percentunit',
          limits: { warn: 0.7, bad: 1 },
          alert: 'MedserveDrift',
          queries: [
            {
              expr: `max by (${stream}) (medserve_monitor_drift_psi{${where}}) / on (${stream}) max by (${stream}) (medserve_monitor_drift_psi_threshold{${where}})`,
              legend: '{{model}} {{site}} {{scanner}} {{signal}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Distance (Kolmogorov-Smirnov)',
          about: 'Largest distance between the cumulative distributions of window and reference.',
          unit: 'none',
          alert: 'MedserveDrift',
          queries: [
            {
              expr: `max by (${stream}) (medserve_monitor_drift_ks{${where}})`,
              legend: '{{model}} {{site}} {{scanner}} {{signal}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Answers in the window',
          about: 'What the two are made of.',
          unit: 'none',
          queries: [
            {
              expr: `max by (${stream}) (medserve_monitor_window_samples{${where}})`,
              legend: '{{model}} {{site}} {{scanner}} {{signal}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Confidence',
      panels: [
        heat({
          ...HALF,
          title: 'Confidence of answers',
          about:
            'Each column is what was answered in its interval, by tenth of confidence. A band that sinks or spreads is the first sign of other images.',
          unit: 'percentunit',
          queries: [
            {
              expr: `sum by (le) (increase(medserve_monitor_score_bucket{${where}}[$__rate_interval]))`,
              legend: '{{le}}',
            },
          ],
        }),
        graph({
          ...HALF,
          title: 'Calibration error',
          about:
            'By model and site, over the answers that people reviewed. Few reviews miss by chance: compare it with its threshold, never with 0.',
          unit: 'percentunit',
          alert: 'MedserveCalibrationOff',
          queries: [
            {
              expr: `max by (${judged}) (medserve_monitor_calibration_error{${where}})`,
              legend: '{{model}} {{version}} {{site}}',
            },
            {
              expr: `max by (${judged}) (medserve_monitor_calibration_error_threshold{${where}})`,
              legend: 'too much above: {{model}} {{version}} {{site}}',
            },
          ],
        }),
        graph({
          ...HALF,
          title: 'Overridden, by tenth of confidence',
          about:
            'Share of the reviewed answers. It should fall as confidence rises; where it does not, confidence means nothing. "none": models that do not say how sure they are.',
          unit: 'percentunit',
          queries: [
            {
              expr: `(sum by (bin) (medserve_monitor_reviewed_total{verdict="overridden", ${where}}) or 0 * sum by (bin) (medserve_monitor_reviewed_total{${where}})) / sum by (bin) (medserve_monitor_reviewed_total{${where}})`,
              legend: '{{bin}}',
            },
          ],
        }),
        graph({
          ...HALF,
          title: 'Reviews, by tenth of confidence',
          about: 'How many reviews each share is made of.',
          unit: 'none',
          stacked: true,
          queries: [{ expr: `sum by (bin) (medserve_monitor_reviewed_total{${where}})`, legend: '{{bin}}' }],
        }),
      ],
    },
    {
      title: 'Images',
      panels: [
        graph({
          ...HALF,
          title: 'Warnings about images, by warning',
          about: 'Answers an hour that came with a warning about their input.',
          unit: 'none',
          stacked: true,
          alert: 'MedserveInputWarnings',
          queries: [
            {
              expr: '3600 * sum by (warning) (rate(medserve_monitor_input_warnings_total{site=~"$site", warning!~"fallback_model|model_caution"}[$__rate_interval]))',
              legend: '{{warning}}',
            },
          ],
        }),
        graph({
          ...HALF,
          title: 'Warnings for each answer, by modality and site',
          about: 'Over the last hour.',
          unit: 'percentunit',
          limits: { warn: 0.1, bad: 0.3 },
          alert: 'MedserveInputWarnings',
          queries: [
            {
              expr: 'modality_site:medserve_monitor_input_warnings:ratio_rate1h{site=~"$site"}',
              legend: '{{modality}} {{site}}',
            },
          ],
        }),
      ],
    },
  ],
};
