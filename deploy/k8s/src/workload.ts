import { graceSeconds, POD_SECURITY, TEMPORARY, type Drain } from './container';
import type { Fields, Manifest } from './manifest';
import { labelsOf, NAMESPACE, selectorOf, type Labels } from './names';

export interface Workload {
  readonly name: string;
  /** Absent: somebody else says how many there are, and an apply must not change it. */
  readonly replicas?: number;
  readonly drain: Drain;
  readonly priorityClass: string;
  readonly containers: readonly Fields[];
  /** Servers beside them, which are up before and gone after them (`restartPolicy: Always`). */
  readonly sidecars?: readonly Fields[];
  readonly volumes?: readonly Fields[];
  readonly labels?: Labels;
  /** Of the pods: with another value they are made anew. */
  readonly annotations?: Labels;
  readonly scheduling?: Fields;
  readonly strategy?: Fields;
}

/** On different nodes and in different zones as far as there are any. */
const spread = (matchLabels: Labels): readonly Fields[] =>
  ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  }));

const ONE_MORE_FIRST = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

export function podTemplate(workload: Workload): Fields {
  const selector = selectorOf(workload.name);
  return {
    metadata: {
      labels: { ...labelsOf(workload.name), ...workload.labels },
      ...(workload.annotations === undefined ? {} : { annotations: workload.annotations }),
    },
    spec: {
      serviceAccountName: workload.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      priorityClassName: workload.priorityClass,
      terminationGracePeriodSeconds: graceSeconds(workload.drain),
      securityContext: POD_SECURITY,
      topologySpreadConstraints: spread(selector),
      ...workload.scheduling,
      ...(workload.sidecars === undefined ? {} : { initContainers: workload.sidecars }),
      containers: workload.containers,
      volumes: [TEMPORARY, ...(workload.volumes ?? [])],
    },
  };
}

export function deployment(workload: Workload): Manifest {
  const { name, replicas } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE, labels: { ...labelsOf(name), ...workload.labels } },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      revisionHistoryLimit: 5,
      // A model may take its whole start-up time before a rollout is called stuck.
      progressDeadlineSeconds: 1_200,
      strategy: workload.strategy ?? ONE_MORE_FIRST,
      selector: { matchLabels: selectorOf(name) },
      template: podTemplate(workload),
    },
  };
}

/** No pod of ours speaks to the API of Kubernetes. */
export const serviceAccount = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: NAMESPACE, labels: labelsOf(name) },
  automountServiceAccountToken: false,
});

/** Pods that are not ready, as one that loads, are never in the way of a node's drain. */
export const disruptionBudget = (name: string): Manifest => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: NAMESPACE, labels: labelsOf(name) },
  spec: {
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: selectorOf(name) },
  },
});

export interface ServicePorts {
  readonly name: string;
  readonly component?: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Every address by DNS; those that are not ready too, so that whoever watches pods sees them start and end. */
  readonly headless?: boolean;
  readonly appProtocol?: string;
}

export const service = ({ name, component = name, ports, headless = false, appProtocol }: ServicePorts): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: NAMESPACE, labels: labelsOf(component) },
  spec: {
    selector: selectorOf(component),
    ...(headless ? { clusterIP: 'None', publishNotReadyAddresses: true } : {}),
    ports: Object.entries(ports).map(([portName, port]) => ({
      name: portName,
      port,
      targetPort: portName,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    })),
  },
});
