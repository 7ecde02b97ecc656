/** What every manifest agrees on. */
export const NAMESPACE = 'medserve';
export const VERSION = '0.1.0';

/** All services are one image; which of them a container is says its command. Overlays set where it comes from. */
export const IMAGE = `medserve:${VERSION}`;
/** The packages of `models/`, mounted as a volume. */
export const MODELS_IMAGE = `medserve-models:${VERSION}`;

/** Stands in the SPIFFE id of every service's certificate. */
export const TRUST_DOMAIN = 'medserve.local';

export const PORTS = {
  http: 8080,
  grpc: 8081,
  router: 8082,
  pod: 8083,
  scaler: 8085,
  dimse: 11_112,
  /** As the registry of ports has it for DICOM over TLS (PS3.15 B.1). */
  dimseTls: 2_762,
  probe: 9090,
  kafka: 9093,
  postgres: 5432,
  dns: 53,
} as const;

/** Ports of model hosts, one each: as many as a pod may run, and as many again for those that take over from them. */
export const HOST_PORTS = { from: 9_000, to: 9_063 } as const;

export const TOPIC = 'medserve.records.v1';

/** Uid and gid of the image's user `node`. */
export const USER = 1_000;

export const CLUSTER_DOMAIN = 'svc.cluster.local';
export const addressOf = (service: string, port: number): string =>
  `${service}.${NAMESPACE}.${CLUSTER_DOMAIN}:${String(port)}`;

export type Labels = Readonly<Record<string, string>>;

export const selectorOf = (component: string): Labels => ({
  'app.kubernetes.io/name': 'medserve',
  'app.kubernetes.io/component': component,
});

export const labelsOf = (component: string): Labels => ({
  ...selectorOf(component),
  'app.kubernetes.io/part-of': 'medserve',
  'app.kubernetes.io/managed-by': 'kustomize',
});

export const poolComponent = (pool: string): string => `pool-${pool}`;

/** By which a replica is known to belong to a pool; the admission policy asks for it. */
export const POOL_LABEL = 'medserve.io/pool';
