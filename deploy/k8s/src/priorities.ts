import type { Manifest } from './manifest';

/** Who gives way to whom when there is not room for all. */
export const PRIORITY = {
  /** Without these nobody is served. */
  platform: 'medserve-platform',
  /** Pools that have clinical hours or always a replica. */
  clinical: 'medserve-clinical',
  /** Pools that come and go with their demand. */
  elastic: 'medserve-elastic',
  /** Holds a place for whoever needs it. */
  balloon: 'medserve-balloon',
} as const;

const priorityClass = (name: string, value: number, description: string, preemptionPolicy: string): Manifest => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  globalDefault: false,
  preemptionPolicy,
  description,
});

export const priorityClasses = (): readonly Manifest[] => [
  priorityClass(PRIORITY.platform, 1_000_000, 'MedServe: gateway, router, recorder, scaler', 'PreemptLowerPriority'),
  priorityClass(PRIORITY.clinical, 900_000, 'MedServe: pools with clinical hours', 'PreemptLowerPriority'),
  priorityClass(
    PRIORITY.elastic,
    100_000,
    'MedServe: pools that come and go with their demand',
    'PreemptLowerPriority',
  ),
  priorityClass(PRIORITY.balloon, -10, 'MedServe: holds a place and gives way to anybody', 'Never'),
];
