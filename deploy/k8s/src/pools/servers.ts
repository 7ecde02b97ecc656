import { CONFINED } from '../container';
import type { Fields } from '../manifest';
import type { Accelerator } from './accelerators';

/** A server that runs a pool's model beside the pod's agent, on the replica's accelerator. */
export interface Server {
  /** Its entry in the pods' pools file; `pool.name` of the packages. */
  readonly pool: string;
  readonly flavour?: 'vllm';
  readonly container: (accelerator: Accelerator, startupMs: number) => Fields;
}

const WEIGHTS = { name: 'weights', mountPath: '/weights', readOnly: true };
/** Kernels that were compiled once are there for the next replica of the node only when this is a volume of the node's. */
const SCRATCH = [
  { name: 'scratch', mountPath: '/scratch' },
  { name: 'shared-memory', mountPath: '/dev/shm' },
];

export const SERVER_VOLUMES: readonly Fields[] = [
  { name: 'weights', persistentVolumeClaim: { claimName: 'weights', readOnly: true } },
  { name: 'scratch', emptyDir: { sizeLimit: '20Gi' } },
  { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '8Gi' } },
];

interface ServerContainer {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly ready: string;
  readonly cpu: string;
  readonly memory: string;
}

/**
 * Up before the agent starts and gone after it has drained: what is being written then has its writer until the end. It listens on the
 * pod's address because the kubelet's probes come there; the network policy lets nobody else in.
 */
function sidecar(server: ServerContainer, { resource }: Accelerator, startupMs: number): Fields {
  const ready = { httpGet: { path: server.ready, port: server.port }, timeoutSeconds: 5 };
  return {
    name: server.name,
    image: server.image,
    imagePullPolicy: 'IfNotPresent',
    restartPolicy: 'Always',
    ...(server.command === undefined ? {} : { command: server.command }),
    args: server.args,
    env: Object.entries({ HOME: '/scratch', ...server.env }).map(([name, value]) => ({ name, value })),
    ports: [{ name: `${server.name}-http`, containerPort: server.port }],
    startupProbe: { ...ready, periodSeconds: 10, failureThreshold: Math.ceil(startupMs / 10_000) },
    livenessProbe: { ...ready, periodSeconds: 10, failureThreshold: 6 },
    resources: {
      requests: { cpu: server.cpu, memory: server.memory, [resource]: '1' },
      limits: { memory: server.memory, [resource]: '1' },
    },
    securityContext: CONFINED,
    volumeMounts: [WEIGHTS, ...SCRATCH],
  };
}

const OFFLINE = {
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  VLLM_NO_USAGE_STATS: '1',
  DO_NOT_TRACK: '1',
  VLLM_CACHE_ROOT: '/scratch/vllm',
};

/** Without the first, answers do not say what of a prompt was in the cache; without the second, a small model may write spaces for ever. */
const WHAT_IS_READ = [
  '--enable-prompt-tokens-details',
  '--structured-outputs-config={"backend":"xgrammar","disable_any_whitespace":true}',
];

const vllm = (pool: string, weights: string, model: string, args: readonly string[]): Server => ({
  pool,
  flavour: 'vllm',
  container: (accelerator, startupMs) =>
    sidecar(
      {
        name: 'vllm',
        image: 'vllm/vllm-openai:v0.26.0',
        command: ['vllm', 'serve', weights],
        args: ['--host=0.0.0.0', '--port=8000', `--served-model-name=${model}`, ...WHAT_IS_READ, ...args],
        env: OFFLINE,
        port: 8_000,
        ready: '/health',
        cpu: '4',
        memory: '32Gi',
      },
      accelerator,
      startupMs,
    ),
});

const triton = (pool: string, repository: string): Server => ({
  pool,
  container: (accelerator, startupMs) =>
    sidecar(
      {
        name: 'triton',
        image: 'nvcr.io/nvidia/tritonserver:25.08-py3',
        args: [
          'tritonserver',
          `--model-repository=${repository}`,
          '--http-address=0.0.0.0',
          '--http-port=8000',
          '--allow-grpc=false',
          '--allow-metrics=false',
        ],
        env: {},
        port: 8_000,
        ready: '/v2/health/ready',
        cpu: '2',
        memory: '16Gi',
      },
      accelerator,
      startupMs,
    ),
});

/** Of pools whose models run elsewhere than in our own hosts, by the pool's name in the fleet file. */
export const SERVERS: Readonly<Record<string, Server>> = {
  reports: vllm('lingshu', '/weights/Lingshu-7B', 'lingshu-medical-mllm/Lingshu-7B', [
    '--max-model-len=32768',
    '--max-num-seqs=32',
    '--gpu-memory-utilization=0.92',
    '--limit-mm-per-prompt={"image":8}',
    // How Qwen2.5-VL, from which it was made, writes calls of tools.
    '--enable-auto-tool-choice',
    '--tool-call-parser=hermes',
  ]),
  organs: triton('organs', '/weights/organs'),
  encoders: triton('encoders', '/weights/encoders'),
};
