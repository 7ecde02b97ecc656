import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { allowedCores, cpuOfCores, cpuOfTree } from './process-tree.mjs';

/** Above this share of the machine in the hands of others, a figure says more about them than about us. */
export const NOISY_SHARE = 0.1;

/** What the figures were taken on. */
export const machineFacts = () => ({
  /** Those that the bench may use; of how many, where `taskset` left it fewer than the machine has. */
  cores: allowedCores().length,
  coresOfMachine: cpus().length,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()}`,
  node: process.versions.node,
});

/** Begins to watch the machine; what it gives back ends it and tells how quiet it was. */
export function watchNoise() {
  const beganMs = performance.now();
  const cores = allowedCores();
  const machineMs = cpuOfCores(cores);
  const oursMs = cpuOfTree(process.pid);
  return () => {
    const elapsedMs = performance.now() - beganMs;
    const strangersMs = cpuOfCores(cores) - machineMs - (cpuOfTree(process.pid) - oursMs);
    return {
      seconds: elapsedMs / 1000,
      loadAverage: loadavg()[0],
      /** Share of the bench's cores that processes beyond the bench and what it started used. */
      strangersShare: Math.max(0, strangersMs / (elapsedMs * cores.length)),
    };
  };
}
