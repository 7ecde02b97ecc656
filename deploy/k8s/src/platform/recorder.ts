import { fromSecret, serviceContainer } from '../container';
import type { Manifest } from '../manifest';
import { PORTS } from '../names';
import { networkPolicy, toLabels } from '../network';
import { PRIORITY } from '../priorities';
import { deployment, disruptionBudget, serviceAccount } from '../workload';
import { DATABASE_CA, DATABASE_PODS } from './database';
import { PATHS, secretFiles, sized, together } from './files';

/** What was committed and not sent is in the outbox, for whoever comes next: there is little to wait for. */
const DRAIN = { settleMs: 0, drainMs: 15_000 };

const files = together(secretFiles('keys', PATHS.keys, 'recorder-keys'), DATABASE_CA);

/** One of the two has the seat; the other takes it over. */
export const recorder = (): readonly Manifest[] => [
  serviceAccount('recorder'),
  networkPolicy('recorder', { egress: [toLabels(DATABASE_PODS, PORTS.postgres)] }),
  deployment({
    name: 'recorder',
    replicas: 2,
    drain: DRAIN,
    priorityClass: PRIORITY.platform,
    containers: [
      serviceContainer({
        app: 'recorder',
        drain: DRAIN,
        startupMs: 120_000,
        ports: {},
        resources: sized('250m', '1Gi'),
        heapMb: 512,
        mounts: files.mounts,
        environment: {
          MEDSERVE_DATABASE_URL: fromSecret('database-recorder', 'uri'),
          MEDSERVE_LEDGER_KEY_FILE: `${PATHS.keys}/ledger.pem`,
        },
      }),
    ],
    volumes: files.volumes,
  }),
  disruptionBudget('recorder'),
];
