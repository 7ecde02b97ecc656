import { fromSecret, serviceContainer } from '../container';
import type { Manifest } from '../manifest';
import { addressOf, PORTS } from '../names';
import { from, fromNamespace, networkPolicy, to, toLabels } from '../network';
import { PRIORITY } from '../priorities';
import { deployment, disruptionBudget, service, serviceAccount } from '../workload';
import { DATABASE_CA, DATABASE_PODS } from './database';
import { DESTINATIONS_EGRESS, STUDIES, STUDIES_ENVIRONMENT } from './studies';
import { PATHS, secretFiles, sized, tlsOf, together } from './files';

/** The longest that a caller may be answered while the gateway ends: a report that is being written. */
const DRAIN = { settleMs: 15_000, drainMs: 120_000 };

/** What every gateway has, the DICOM nodes too: who it is, its keys, the studies that are kept and what is done with them. */
export const GATEWAY_FILES = together(
  tlsOf('gateway'),
  secretFiles('keys', PATHS.keys, 'gateway-keys'),
  secretFiles('tokens', PATHS.tokens, 'gateway-token-keys'),
  DATABASE_CA,
  STUDIES,
);

export const GATEWAY_ENVIRONMENT = {
  MEDSERVE_DATABASE_URL: fromSecret('database-gateway', 'uri'),
  MEDSERVE_PEPPER_FILE: `${PATHS.keys}/pepper`,
  MEDSERVE_REFERENCES_FILE: `${PATHS.keys}/references`,
  MEDSERVE_CONTENT_KEY_FILE: `${PATHS.keys}/content`,
  MEDSERVE_TOKEN_KEYS_DIR: PATHS.tokens,
  MEDSERVE_PUBLIC_URL: 'https://medserve.example',
  MEDSERVE_ROUTER: addressOf('router', PORTS.router),
  MEDSERVE_SCALER: addressOf('scaler', PORTS.scaler),
  MEDSERVE_TLS_DIR: PATHS.tls,
  MEDSERVE_HTTP_HOST: '0.0.0.0',
  MEDSERVE_HTTP_PORT: String(PORTS.http),
  MEDSERVE_GRPC_PORT: String(PORTS.grpc),
  ...STUDIES_ENVIRONMENT,
} as const;

/** To whom every gateway speaks. */
export const GATEWAY_EGRESS = [
  to('router', PORTS.router),
  to('scaler', PORTS.scaler),
  toLabels(DATABASE_PODS, PORTS.postgres),
  ...DESTINATIONS_EGRESS,
];

const files = together(GATEWAY_FILES, secretFiles('door', PATHS.door, 'tls-door'));

export const gateway = (): readonly Manifest[] => [
  serviceAccount('gateway'),
  // The routes' proxies speak TLS to it (BackendTLSPolicy in routes.yaml).
  service({ name: 'gateway', ports: { http: PORTS.http, grpc: PORTS.grpc } }),
  networkPolicy('gateway', {
    ingress: [fromNamespace('gateway-system', PORTS.http, PORTS.grpc), from('operator', PORTS.http)],
    egress: GATEWAY_EGRESS,
  }),
  deployment({
    name: 'gateway',
    replicas: 2,
    drain: DRAIN,
    priorityClass: PRIORITY.platform,
    containers: [
      serviceContainer({
        app: 'gateway',
        drain: DRAIN,
        startupMs: 120_000,
        ports: { http: PORTS.http, grpc: PORTS.grpc },
        resources: sized('1', '6Gi'),
        heapMb: 2_048,
        mounts: files.mounts,
        environment: { ...GATEWAY_ENVIRONMENT, MEDSERVE_DOOR_TLS_DIR: PATHS.door },
      }),
    ],
    volumes: files.volumes,
  }),
  disruptionBudget('gateway'),
];
