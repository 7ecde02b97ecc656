import { serviceContainer } from '../container';
import type { Manifest } from '../manifest';
import { addressOf, PORTS } from '../names';
import { from, fromNamespace, networkPolicy, to } from '../network';
import { PRIORITY } from '../priorities';
import { deployment, disruptionBudget, service, serviceAccount } from '../workload';
import { FLEET, FLEET_FILE, PATHS, sized, tlsOf, together } from './files';
import { ROUTER_REPLICAS } from './router';

const DRAIN = { settleMs: 5_000, drainMs: 5_000 };

const files = together(tlsOf('scaler'), FLEET);

/** Two answer alike, as each hears every router; KEDA asks them in turn. */
export const scaler = (): readonly Manifest[] => [
  serviceAccount('scaler'),
  // Without an address of its own: KEDA has to see both, to ask in turn and to go on with one of them.
  headlessOnceReady(),
  networkPolicy('scaler', {
    ingress: [fromNamespace('keda', PORTS.scaler), from('gateway', PORTS.scaler), from('dicom-node', PORTS.scaler)],
    egress: [to('router', PORTS.router)],
  }),
  deployment({
    name: 'scaler',
    replicas: 2,
    drain: DRAIN,
    priorityClass: PRIORITY.platform,
    containers: [
      serviceContainer({
        app: 'scaler',
        drain: DRAIN,
        startupMs: 60_000,
        ports: { scaler: PORTS.scaler },
        resources: sized('100m', '512Mi'),
        heapMb: 256,
        mounts: files.mounts,
        environment: {
          MEDSERVE_SCALER_HOST: '0.0.0.0',
          MEDSERVE_SCALER_PORT: String(PORTS.scaler),
          MEDSERVE_FLEET_FILE: FLEET_FILE,
          MEDSERVE_ROUTERS: `dns:${addressOf(ROUTER_REPLICAS, PORTS.router)}`,
          MEDSERVE_TLS_DIR: PATHS.tls,
        },
      }),
    ],
    volumes: files.volumes,
  }),
  disruptionBudget('scaler'),
];

function headlessOnceReady(): Manifest {
  const made = service({ name: 'scaler', ports: { scaler: PORTS.scaler }, headless: true });
  return { ...made, spec: { ...(made['spec'] as object), publishNotReadyAddresses: false } };
}
