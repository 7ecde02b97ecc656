import type { Fields, Manifest } from '../manifest';
import { labelsOf, NAMESPACE } from '../names';

const SERVICES = ['gateway', 'router', 'recorder', 'scaler', 'monitor'];

/** Of the services that are always there; pools bring theirs along. */
const podMonitor = (): Manifest => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: { name: 'platform', namespace: NAMESPACE, labels: labelsOf('platform') },
  spec: {
    selector: {
      matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: SERVICES }],
    },
    podTargetLabels: ['app.kubernetes.io/component'],
    podMetricsEndpoints: [{ port: 'probes', path: '/metrics', interval: '15s' }],
  },
});

/** The rules of `deploy/prometheus`, one object a file. */
const rules = ([file, { groups }]: readonly [string, RuleFile]): Manifest => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: {
    name: file.replace(/\.ya?ml$/, '').replaceAll('.', '-'),
    namespace: NAMESPACE,
    labels: labelsOf('rules'),
  },
  spec: { groups },
});

export interface RuleFile {
  readonly groups: readonly Fields[];
}

export const monitoring = (ruleFiles: ReadonlyMap<string, RuleFile>): readonly Manifest[] => [
  podMonitor(),
  ...[...ruleFiles].map(rules),
];
