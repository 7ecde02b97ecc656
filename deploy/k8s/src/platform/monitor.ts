import { fromSecret, serviceContainer } from '../container';
import type { Manifest } from '../manifest';
import { PORTS } from '../names';
import { networkPolicy, toLabels } from '../network';
import { PRIORITY } from '../priorities';
import { deployment, disruptionBudget, serviceAccount } from '../workload';
import { DATABASE_CA, DATABASE_PODS } from './database';
import { sized } from './files';

/** What it has counted is in the database: whoever comes next goes on from there. */
const DRAIN = { settleMs: 0, drainMs: 10_000 };

/** One of the two counts; the other takes its place. */
export const monitor = (): readonly Manifest[] => [
  serviceAccount('monitor'),
  networkPolicy('monitor', { egress: [toLabels(DATABASE_PODS, PORTS.postgres)] }),
  deployment({
    name: 'monitor',
    replicas: 2,
    drain: DRAIN,
    priorityClass: PRIORITY.platform,
    containers: [
      serviceContainer({
        app: 'monitor',
        drain: DRAIN,
        startupMs: 120_000,
        ports: {},
        resources: sized('250m', '1Gi'),
        heapMb: 512,
        mounts: DATABASE_CA.mounts,
        environment: { MEDSERVE_DATABASE_URL: fromSecret('database-monitor', 'uri') },
      }),
    ],
    volumes: DATABASE_CA.volumes,
  }),
  disruptionBudget('monitor'),
];
