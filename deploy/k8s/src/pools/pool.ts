import type { PoolDescription } from '@medserve/fleet';
import { fromField, serviceContainer, type Environment } from '../container';
import type { Manifest } from '../manifest';
import { HOST_PORTS, labelsOf, NAMESPACE, poolComponent, POOL_LABEL, PORTS, selectorOf } from '../names';
import { from, fromPortRange, networkPolicy } from '../network';
import { PATHS, tlsOf } from '../platform/files';
import { PRIORITY } from '../priorities';
import { deployment, disruptionBudget, service, serviceAccount, type Workload } from '../workload';
import { acceleratorOf } from './accelerators';
import { balloon } from './balloon';
import {
  digestOf,
  modelNames,
  packagesOfImage,
  packagesOfServer,
  POOLS_FOLDER,
  type Packages,
  type PackageText,
} from './pool-packages';
import { scaledObject, type Backlog } from './scaled-object';
import { SERVER_VOLUMES, SERVERS } from './servers';
import { BESIDE_A_SERVER, OWN_HOSTS } from './sizes';

export interface PoolContext {
  readonly packageText: PackageText;
  readonly backlog?: Backlog | undefined;
}

const hasHours = ({ scaling }: PoolDescription): boolean => scaling.minReplicas > 0 || scaling.floors.length > 0;

const environmentOf = (pool: PoolDescription): Environment => ({
  MEDSERVE_POD_HOST: '0.0.0.0',
  MEDSERVE_POD_PORT: String(PORTS.pod),
  MEDSERVE_POD_ADDRESS: fromField('status.podIP'),
  MEDSERVE_HOST_PORTS: `${String(HOST_PORTS.from)}-${String(HOST_PORTS.to)}`,
  MEDSERVE_REPOSITORIES: JSON.stringify(['/models']),
  // A pod is there to serve: it is ready when its models are loaded.
  MEDSERVE_KEEP_WARM: modelNames(pool).join(','),
  MEDSERVE_TLS_DIR: PATHS.tls,
});

/** With a GPU each, a rollout that first asks for one more may wait for a node for ever. */
const ONE_LESS_FIRST = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } };

/** What a pod has beside its agent where a server runs its models, on the accelerator of the pool. */
function besideTheAgent(pool: PoolDescription): Pick<Workload, 'scheduling' | 'strategy' | 'sidecars'> {
  const accelerator = acceleratorOf(pool.accelerator);
  const server = SERVERS[pool.name];
  if ((accelerator === undefined) !== (server === undefined))
    throw new Error(`pool ${pool.name}: an accelerator is taken by a server of SERVERS, and only by one`);
  if (accelerator === undefined || server === undefined) return {};
  return {
    scheduling: accelerator.scheduling,
    strategy: ONE_LESS_FIRST,
    sidecars: [server.container(accelerator, pool.startupMs)],
  };
}

function poolDeployment(pool: PoolDescription, { mounts, volume, config }: Packages): Manifest {
  const tls = tlsOf('inference');
  return deployment({
    name: poolComponent(pool.name),
    drain: pool.drain,
    priorityClass: hasHours(pool) ? PRIORITY.clinical : PRIORITY.elastic,
    labels: { [POOL_LABEL]: pool.name },
    ...(config === undefined ? {} : { annotations: { 'medserve.io/config': digestOf(config) } }),
    ...besideTheAgent(pool),
    containers: [
      serviceContainer({
        app: 'inference',
        environment: {
          ...environmentOf(pool),
          ...(config === undefined ? {} : { MEDSERVE_POOLS_FILE: `${POOLS_FOLDER}/pools.yaml` }),
        },
        drain: pool.drain,
        startupMs: pool.startupMs,
        ports: { pod: PORTS.pod },
        resources: config === undefined ? OWN_HOSTS[pool.kind] : BESIDE_A_SERVER,
        heapMb: 512,
        mounts: [...tls.mounts, ...mounts],
      }),
    ],
    volumes: [...tls.volumes, volume, ...(config === undefined ? [] : SERVER_VOLUMES)],
  });
}

const podMonitor = (component: string): Manifest => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: { name: component, namespace: NAMESPACE, labels: labelsOf(component) },
  spec: {
    selector: { matchLabels: selectorOf(component) },
    podTargetLabels: [POOL_LABEL],
    podMetricsEndpoints: [
      {
        port: 'probes',
        path: '/metrics',
        interval: '15s',
        // While a server beside it loads its model, the agent is not there yet: that is no target which is down.
        relabelings: [{ action: 'keep', sourceLabels: ['__meta_kubernetes_pod_phase'], regex: 'Running' }],
      },
    ],
  },
});

/** All that one pool of a fleet is in a cluster. */
export function poolManifests(pool: PoolDescription, { packageText, backlog }: PoolContext): readonly Manifest[] {
  const component = poolComponent(pool.name);
  const server = SERVERS[pool.name];
  const packages = server === undefined ? packagesOfImage(pool) : packagesOfServer(pool, server, packageText);
  return [
    serviceAccount(component),
    ...(packages.config === undefined ? [] : [packages.config]),
    service({ name: component, ports: { pod: PORTS.pod }, headless: true }),
    networkPolicy(component, {
      ingress: [from('router', PORTS.pod), fromPortRange('router', HOST_PORTS.from, HOST_PORTS.to)],
    }),
    poolDeployment(pool, packages),
    disruptionBudget(component),
    scaledObject(pool, backlog),
    podMonitor(component),
    ...balloon(pool),
  ];
}
