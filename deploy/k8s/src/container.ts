import { IMAGE, PORTS, USER } from './names';
import type { Fields } from './manifest';

/** A variable of a container's environment: its value, or where Kubernetes takes it from. */
export type Environment = Readonly<Record<string, string | { readonly valueFrom: Fields }>>;

export const fromSecret = (name: string, key: string): { readonly valueFrom: Fields } => ({
  valueFrom: { secretKeyRef: { name, key } },
});

export const fromField = (fieldPath: string): { readonly valueFrom: Fields } => ({
  valueFrom: { fieldRef: { fieldPath } },
});

const listed = (environment: Environment): readonly Fields[] =>
  Object.entries(environment).map(([name, value]) =>
    typeof value === 'string' ? { name, value } : { name, valueFrom: value.valueFrom },
  );

/** What Pod Security "restricted" asks of a container. */
export const RESTRICTED = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** The same, and a root file system that nobody writes to. */
export const CONFINED = { ...RESTRICTED, readOnlyRootFilesystem: true } as const;

export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** How a process ends: it goes on serving for `settleMs`, then what runs may end for `drainMs`. */
export interface Drain {
  readonly settleMs: number;
  readonly drainMs: number;
}

/** To close what is behind the work, and for a kubelet that is late. */
const SPARE_SECONDS = 15;
export const graceSeconds = ({ settleMs, drainMs }: Drain): number =>
  Math.ceil((settleMs + drainMs) / 1_000) + SPARE_SECONDS;

const PROBE_EVERY_SECONDS = 5;
const probe = (path: string, failureThreshold: number): Fields => ({
  httpGet: { path, port: 'probes' },
  periodSeconds: PROBE_EVERY_SECONDS,
  timeoutSeconds: 2,
  failureThreshold,
});

export interface ServiceContainer {
  readonly app: string;
  readonly environment: Environment;
  readonly drain: Drain;
  readonly startupMs: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly resources: Fields;
  readonly heapMb: number;
  readonly mounts?: readonly Fields[];
}

/* As `medserve up` starts them (apps/cli/src/up/child.ts says why). */
const NODE_FLAGS = ['--single-threaded-gc', '--no-incremental-marking', '--external-memory-accounted-in-global-limit'];
const KEEP_MEMORY = 'glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296';

/** One of our services. Its writable places are `/tmp` and what it mounts. */
export function serviceContainer(service: ServiceContainer): Fields {
  const { app, environment, drain, ports, heapMb } = service;
  return {
    name: app,
    image: IMAGE,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', ...NODE_FLAGS, `--max-old-space-size=${String(heapMb)}`, `dist/${app}.js`],
    env: listed({
      GLIBC_TUNABLES: KEEP_MEMORY,
      MEDSERVE_PROBE_HOST: '0.0.0.0',
      MEDSERVE_PROBE_PORT: String(PORTS.probe),
      MEDSERVE_DRAIN_SETTLE_MS: String(drain.settleMs),
      MEDSERVE_DRAIN_MS: String(drain.drainMs),
      ...environment,
    }),
    ports: Object.entries({ ...ports, probes: PORTS.probe }).map(([name, containerPort]) => ({ name, containerPort })),
    // No preStop: the process itself goes on serving after SIGTERM until nobody sends it anything new.
    startupProbe: probe('/readyz', Math.ceil(service.startupMs / (1_000 * PROBE_EVERY_SECONDS))),
    readinessProbe: probe('/readyz', 2),
    livenessProbe: probe('/livez', 6),
    resources: service.resources,
    securityContext: CONFINED,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...(service.mounts ?? [])],
  };
}

export const TEMPORARY = { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } } as const;

/** A Secret as files that the pod's own user may read, and nobody else. */
export const secretVolume = (name: string, secretName: string): Fields => ({
  name,
  secret: { secretName, defaultMode: 0o440 },
});
