import type { Fields } from '../manifest';

/** A piece of hardware that one replica takes, as its node offers it. */
export interface Accelerator {
  readonly resource: string;
  readonly scheduling: Fields;
}

const TOLERATIONS = [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }];

const whole = (nodeSelector: Readonly<Record<string, string>>): Accelerator => ({
  resource: 'nvidia.com/gpu',
  scheduling: { nodeSelector, tolerations: TOLERATIONS },
});

/**
 * By the name that a fleet file uses; `cpu` is none of them. A whole GPU is the usual: it is the one resource that every autoscaler of nodes
 * knows, on a node that does not share its GPUs: one that does offers quarters under the same name. Slices are cut by node pools of their
 * own before their nodes join, never on demand.
 */
export const ACCELERATORS: Readonly<Record<string, Accelerator>> = {
  gpu: whole({ 'nvidia.com/gpu.present': 'true', 'nvidia.com/gpu.sharing-strategy': 'none' }),
  'mig-3g-40gb': {
    resource: 'nvidia.com/mig-3g.40gb',
    scheduling: {
      nodeSelector: { 'nvidia.com/mig.config': 'all-3g.40gb', 'nvidia.com/mig.config.state': 'success' },
      tolerations: TOLERATIONS,
    },
  },
  // The device plugin of these nodes offers each GPU four times, each with a quarter of its memory and of its threads.
  'mps-quarter': whole({ 'nvidia.com/gpu.sharing-strategy': 'mps', 'nvidia.com/gpu.replicas': '4' }),
};

/** @throws Error for a name that is neither `cpu` nor a profile */
export function acceleratorOf(name: string): Accelerator | undefined {
  if (name === 'cpu') return undefined;
  const found = ACCELERATORS[name];
  if (found === undefined)
    throw new Error(`there is no accelerator "${name}"; there are: cpu, ${Object.keys(ACCELERATORS).join(', ')}`);
  return found;
}
