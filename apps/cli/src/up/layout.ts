import type { PoolDescription } from '@medserve/fleet';
import type { Home, LocalFleetFiles } from '../home/home';
import type { PodPlace, PresentPod } from './pod-set';
import { freePorts } from './ports';
import { writeWhole } from './write-whole';

type Variables = Readonly<Record<string, string>>;

export interface Environment {
  readonly databaseUrl: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly repositories: readonly string[];
  /** Further variables, about which models are served. */
  readonly models: Variables;
  /** Folder of the built console; absent: none is served. */
  readonly console?: string | undefined;
  /** 0: any free one. */
  readonly dicomPort: number;
  /** Further variables, about who sends studies and where results go. */
  readonly dicom: Variables;
}

export interface LayoutOptions {
  readonly home: Home;
  readonly services: readonly string[];
  /** The service that callers reach, which also tells the metrics of the others. */
  readonly door: string;
  readonly podNames: readonly string[];
  /** The pool whose pods come and go; absent: they stay. */
  readonly pool: PoolDescription | undefined;
  readonly environment: Environment;
}

/** Where everything is on this machine, said to each process by its environment. */
export interface Layout {
  /** Of each service, by name. */
  readonly services: ReadonlyMap<string, Variables>;
  readonly pods: readonly PodPlace[];
  /** host:port */
  readonly scaler: string;
}

/** Between the order to leave and the moment when a pod takes nothing new: the router hears of it at once, and has answered by then. */
const SETTLE_MS = 250;
/** Beyond what a pod may take to leave. */
const SPARE_MS = 5_000;

/** How long a pod that leaves may take in all. */
export const leaveWithinMs = ({ drain }: PoolDescription): number => SETTLE_MS + drain.drainMs + SPARE_MS;

/** Chooses free ports, which stay the same for as long as the platform runs: what is started again comes back where it is looked for. */
export async function layOut(options: LayoutOptions): Promise<Layout> {
  const { home, services, door, podNames, pool, environment } = options;
  const [router = 0, scaler = 0, http = 0, grpc = 0, dicom = 0, ...others] = await freePorts(
    5 + services.length + 2 * podNames.length,
  );
  const metricsOf = new Map(services.map((name, index) => [name, others[index] ?? 0]));
  const podPorts = others.slice(services.length);
  const pods = podNames.map((name, index) => ({
    name,
    port: podPorts[2 * index] ?? 0,
    metrics: podPorts[2 * index + 1] ?? 0,
  }));
  const peers = [
    ...[...metricsOf].flatMap(([name, port]) => (name === door ? [] : [metricsUrl(port)])),
    ...(pool ? [`file:${home.localFleet.metrics}`] : pods.map(({ metrics }) => metricsUrl(metrics))),
  ];
  const shared = {
    MEDSERVE_DATABASE_URL: environment.databaseUrl,
    MEDSERVE_PEPPER_FILE: home.pepper,
    MEDSERVE_LEDGER_KEY_FILE: home.ledgerKey,
    MEDSERVE_ROUTER_PORT: String(router),
    MEDSERVE_ROUTER: loopback(router),
    ...(pool ? scaled(home, router, scaler) : { MEDSERVE_PODS: pods.map(({ port }) => loopback(port)).join(',') }),
    MEDSERVE_REPOSITORIES: JSON.stringify(environment.repositories),
    ...environment.models,
    ...(environment.console === undefined ? {} : { MEDSERVE_CONSOLE_DIR: environment.console }),
    MEDSERVE_HTTP_PORT: String(environment.httpPort === 0 ? http : environment.httpPort),
    MEDSERVE_GRPC_PORT: String(environment.grpcPort === 0 ? grpc : environment.grpcPort),
    MEDSERVE_DIMSE_PORT: String(environment.dicomPort === 0 ? dicom : environment.dicomPort),
    MEDSERVE_STUDIES_DIR: home.studies,
    ...environment.dicom,
    MEDSERVE_METRICS_PEERS: peers.join(','),
  };
  return {
    services: new Map(
      [...metricsOf].map(([name, port]) => [
        name,
        name === door ? shared : { ...shared, MEDSERVE_METRICS_PORT: String(port) },
      ]),
    ),
    pods: pods.map(({ name, port, metrics }) => ({
      name,
      address: loopback(port),
      environment: {
        ...shared,
        ...(pool ? leaving(pool) : {}),
        MEDSERVE_POD_PORT: String(port),
        MEDSERVE_METRICS_PORT: String(metrics),
      },
    })),
    scaler: loopback(scaler),
  };
}

/** Where the router finds the pods that there are, and the gateway the metrics of those that can tell them. */
export function tellPods({ pods, metrics }: LocalFleetFiles, present: readonly PresentPod[]): void {
  const urls = present.flatMap(({ hasServed, environment: { MEDSERVE_METRICS_PORT: port } }) =>
    hasServed && port !== undefined ? [metricsUrl(Number(port))] : [],
  );
  writeWhole(pods, `${JSON.stringify(present.map(({ address }) => address))}\n`);
  writeWhole(metrics, `${JSON.stringify(urls)}\n`);
}

const scaled = ({ localFleet }: Home, router: number, scaler: number): Variables => ({
  MEDSERVE_FLEET_FILE: localFleet.fleet,
  MEDSERVE_ROUTERS: loopback(router),
  MEDSERVE_SCALER_PORT: String(scaler),
  MEDSERVE_SCALER: loopback(scaler),
  MEDSERVE_SCALER_COOLDOWN: 'own',
});

const leaving = ({ drain }: PoolDescription): Variables => ({
  MEDSERVE_DRAIN_SETTLE_MS: String(SETTLE_MS),
  MEDSERVE_DRAIN_MS: String(drain.drainMs),
});

const loopback = (port: number): string => `127.0.0.1:${String(port)}`;

const metricsUrl = (port: number): string => `http://${loopback(port)}/`;
