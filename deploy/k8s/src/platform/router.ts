import { serviceContainer } from '../container';
import type { Manifest } from '../manifest';
import { HOST_PORTS, PORTS } from '../names';
import { from, networkPolicy, toPools } from '../network';
import { PRIORITY } from '../priorities';
import { deployment, disruptionBudget, service, serviceAccount } from '../workload';
import { FLEET, FLEET_FILE, PATHS, sized, tlsOf, together } from './files';

/** As long as a gateway's: what it was given before is answered through it. */
const DRAIN = { settleMs: 15_000, drainMs: 120_000 };

const files = together(tlsOf('router'), FLEET);

/** By which the scaler finds each of them: it has to hear all. */
export const ROUTER_REPLICAS = 'router-replicas';

export const router = (): readonly Manifest[] => [
  serviceAccount('router'),
  service({ name: 'router', ports: { router: PORTS.router } }),
  service({ name: ROUTER_REPLICAS, component: 'router', ports: { router: PORTS.router }, headless: true }),
  networkPolicy('router', {
    ingress: [from('gateway', PORTS.router), from('dicom-node', PORTS.router), from('scaler', PORTS.router)],
    egress: [
      toPools({ port: PORTS.pod, protocol: 'TCP' }, { port: HOST_PORTS.from, endPort: HOST_PORTS.to, protocol: 'TCP' }),
    ],
  }),
  deployment({
    name: 'router',
    replicas: 2,
    drain: DRAIN,
    priorityClass: PRIORITY.platform,
    containers: [
      serviceContainer({
        app: 'router',
        drain: DRAIN,
        startupMs: 60_000,
        ports: { router: PORTS.router },
        resources: sized('1', '4Gi'),
        heapMb: 512,
        mounts: files.mounts,
        environment: {
          MEDSERVE_ROUTER_HOST: '0.0.0.0',
          MEDSERVE_ROUTER_PORT: String(PORTS.router),
          MEDSERVE_FLEET_FILE: FLEET_FILE,
          MEDSERVE_TLS_DIR: PATHS.tls,
        },
      }),
    ],
    volumes: files.volumes,
  }),
  disruptionBudget('router'),
];
