import { CHOICES, type Board } from '../kit/board';
import { grown } from '../kit/grown';
import { figure, graph, table, words } from '../kit/kinds';

const where = 'model=~"$model", site=~"$site"';

const reviewed = (labels = ''): string =>
  grown(`medserve_monitor_reviewed_total{${labels}${where}}`, '$__range', [
    'model',
    'version',
    'site',
    'verdict',
    'bin',
  ]);

const completed = (labels = ''): string =>
  grown(`medserve_monitor_results_total{outcome="completed", ${labels}${where}}`, '$__range', [
    'model',
    'version',
    'task',
    'modality',
    'site',
    'outcome',
    'decision',
  ]);

const GLANCE = { width: 6, height: 4 } as const;
const THIRD = { width: 8, height: 8 } as const;
const HALF = { width: 12, height: 8 } as const;

/** For who answers for the use of the models: what is asked, what comes of it, and how soon. */
export const clinical: Board = {
  uid: 'medserve-clinical',
  title: 'MedServe: clinical',
  about: 'What is asked of models, by whom, what comes of it and how soon. Counted from events; nothing of a patient.',
  choices: [CHOICES.model, CHOICES.site],
  from: 'now-24h',
  sections: [
    {
      title: 'Is it all right, and if not, where',
      panels: [
        figure({
          ...GLANCE,
          title: 'Answers',
          about: 'In the chosen time, of the chosen models and sites.',
          unit: 'none',
          decimals: 0,
          queries: [{ expr: `sum${completed()}` }],
        }),
        figure({
          ...GLANCE,
          title: 'Turnaround of stat, 95 of 100',
          about: 'From the acceptance of a request of class stat to its recorded answer; 10 s are meant.',
          unit: 's',
          limits: { warn: 5, bad: 10 },
          alert: 'MedserveStatTurnaroundSlow',
          queries: [{ expr: 'class:medserve_monitor_turnaround_seconds:p95_rate5m{class="stat"} >= 0' }],
        }),
        figure({
          ...GLANCE,
          title: 'Left to a person',
          about: 'Share of the answers in which the model held back, as it should where it cannot tell.',
          unit: 'percentunit',
          limits: { warn: 0.2, bad: 0.3 },
          alert: 'MedserveAbstainsOften',
          queries: [
            {
              expr: `(sum${completed('decision="abstained", ')} or vector(0)) / (sum${completed()} > 0)`,
            },
          ],
        }),
        figure({
          ...GLANCE,
          title: 'Overridden by people',
          about: 'Of the answers that somebody reviewed. Few reviews say little: see how many below.',
          unit: 'percentunit',
          limits: { warn: 0.1, bad: 0.2 },
          alert: 'MedserveOverriddenOften',
          queries: [
            {
              expr: `(sum${reviewed('verdict="overridden", ')} or vector(0)) / (sum${reviewed()} > 0)`,
            },
          ],
        }),
        table({
          width: 24,
          height: 8,
          title: 'Where',
          about: 'A row for each model at each site.',
          alert: 'MedserveAbstainsOften',
          by: ['model', 'site'],
          columns: [
            {
              name: 'Answers',
              expr: `sum by (model, site) ${completed()}`,
              decimals: 0,
            },
            {
              name: 'Left to a person, last hour',
              expr: `model_site:medserve_monitor_abstained:ratio_rate1h{${where}}`,
              unit: 'percentunit',
              limits: { warn: 0.2, bad: 0.3 },
            },
            {
              name: 'Overridden, last day',
              expr: `model_site:medserve_monitor_overridden:ratio_rate1d{${where}}`,
              unit: 'percentunit',
              limits: { warn: 0.1, bad: 0.2 },
            },
            {
              name: 'Reviews',
              expr: `sum by (model, site) ${reviewed()}`,
              decimals: 0,
            },
          ],
        }),
      ],
    },
    {
      title: 'Volumes',
      panels: [
        ...(['modality', 'site', 'task'] as const).map((label) =>
          graph({
            ...THIRD,
            title: `Requests by ${label}`,
            about: `Requests that ended, an hour, by ${label}. What is beyond the first names of a kind is "other".`,
            unit: 'none',
            stacked: true,
            queries: [
              {
                expr: `3600 * sum by (${label}) (rate(medserve_monitor_results_total{${where}}[$__rate_interval]))`,
                legend: `{{${label}}}`,
              },
            ],
          }),
        ),
        graph({
          ...THIRD,
          title: 'By class',
          about: 'How urgent senders say that their requests are. All stat is as much as none.',
          unit: 'none',
          stacked: true,
          queries: [
            {
              expr: '3600 * sum by (class) (rate(medserve_monitor_turnaround_seconds_count{site=~"$site"}[$__rate_interval]))',
              legend: '{{class}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'How they ended',
          about: 'completed, failed, cancelled; with the decision of the model where it completed.',
          unit: 'none',
          stacked: true,
          queries: [
            {
              expr: `3600 * sum by (outcome, decision) (rate(medserve_monitor_results_total{${where}}[$__rate_interval]))`,
              legend: '{{outcome}} {{decision}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Images by scanner',
          about:
            'The makers and models of scanners that images come from. A new one deserves a look at the quality dashboard.',
          unit: 'none',
          stacked: true,
          queries: [
            {
              expr: '3600 * sum by (scanner) (rate(medserve_monitor_inputs_total{site=~"$site"}[$__rate_interval]))',
              legend: '{{scanner}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Turnaround',
      panels: [
        graph({
          ...HALF,
          title: 'Turnaround by class, 95 of 100',
          about:
            'From the acceptance to the recorded answer. The gateway and its database are in it, the network to the sender is not.',
          unit: 's',
          limits: { warn: 5, bad: 10 },
          alert: 'MedserveStatTurnaroundSlow',
          queries: [{ expr: 'class:medserve_monitor_turnaround_seconds:p95_rate5m', legend: '{{class}}' }],
        }),
        graph({
          ...HALF,
          title: 'Turnaround by task, 50 and 95 of 100',
          about: 'Volumes and reports take longer than single images by their nature.',
          unit: 's',
          queries: [0.5, 0.95].map((share) => ({
            expr: `histogram_quantile(${String(share)}, sum by (task, le) (rate(medserve_monitor_turnaround_seconds_bucket{site=~"$site"}[5m])))`,
            legend: `{{task}} ${String(100 * share)} of 100`,
          })),
        }),
      ],
    },
    {
      title: 'Answers and what people said of them',
      panels: [
        words(
          'A model that **abstains** has done its work: the case goes to a person. What counts is a *change*: of the share, or of one site against the others. Reviews come from `POST /v1/results/{id}/review`.',
          { width: 24, height: 2 },
        ),
        graph({
          ...THIRD,
          title: 'Left to a person, by model',
          about: 'Share of the answers of the last hour.',
          unit: 'percentunit',
          limits: { warn: 0.2, bad: 0.3 },
          alert: 'MedserveAbstainsOften',
          queries: [
            { expr: `model_site:medserve_monitor_abstained:ratio_rate1h{${where}}`, legend: '{{model}} {{site}}' },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Answers by label',
          about: 'The ten most frequent labels of the chosen models.',
          unit: 'none',
          stacked: true,
          queries: [
            {
              expr: 'topk(10, 3600 * sum by (label) (rate(medserve_monitor_labels_total{model=~"$model"}[$__rate_interval])))',
              legend: '{{label}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Reviews by verdict',
          about: 'attested: a person agrees; overridden: a person put another answer in its place.',
          unit: 'none',
          stacked: true,
          alert: 'MedserveOverriddenOften',
          queries: [
            {
              expr: 'sum by (verdict) (increase(medserve_reviews_total{model=~"$model"}[$__rate_interval]))',
              legend: '{{verdict}}',
            },
          ],
        }),
      ],
    },
  ],
};
