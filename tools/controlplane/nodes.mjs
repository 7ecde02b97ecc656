/* Names as the device plugin and its feature discovery have them. */
const GPU = 'nvidia.com/gpu';

const node = (name, { capacity, labels = {}, taints = [] }) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } },
  spec: { taints },
  status: { capacity, allocatable: capacity },
});

const HOLDS = { cpu: '64', memory: '512Gi', pods: '110', 'ephemeral-storage': '1Ti' };

export const cpuNode = (name) => node(name, { capacity: HOLDS });

/** A node with GPUs, which only pods that ask for one may use. */
export const gpuNode = (name, gpus, labels = {}) =>
  node(name, {
    capacity: { ...HOLDS, [GPU]: String(gpus) },
    labels: { 'nvidia.com/gpu.present': 'true', 'nvidia.com/gpu.sharing-strategy': 'none', ...labels },
    taints: [{ key: GPU, value: 'present', effect: 'NoSchedule' }],
  });

/** What there is from the start: room for everything, and twelve GPUs. */
export const NODES = [
  cpuNode('cpu-1'),
  cpuNode('cpu-2'),
  ...['gpu-1', 'gpu-2', 'gpu-3'].map((name) => gpuNode(name, 4)),
];
