import type { PoolKind } from '@medserve/fleet';
import type { Fields } from '../manifest';

const request = (cpu: string, memory: string, ephemeral: string): Fields => ({
  requests: { cpu, memory, 'ephemeral-storage': ephemeral },
  // No limit of CPU: a run that is throttled holds its requests, and what a node has left is nobody's.
  limits: { memory, 'ephemeral-storage': ephemeral },
});

/** What the container of the pod's agent and its model hosts takes. */
export const OWN_HOSTS: Readonly<Record<PoolKind, Fields>> = {
  cpu: request('2', '4Gi', '2Gi'),
  encoder: request('4', '8Gi', '2Gi'),
  generative: request('4', '8Gi', '2Gi'),
};

/** Where the model runs in a server beside it, the hosts only prepare and pass on. */
export const BESIDE_A_SERVER = request('2', '4Gi', '2Gi');
