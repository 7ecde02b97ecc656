import type { PoolDescription } from '@medserve/fleet';
import { CONFINED, POD_SECURITY } from '../container';
import type { Manifest } from '../manifest';
import { labelsOf, NAMESPACE, poolComponent, selectorOf } from '../names';
import { PRIORITY } from '../priorities';
import { acceleratorOf } from './accelerators';

/** Says to the admission policy that this pod holds a place and serves nobody. */
export const BALLOON_LABEL = 'medserve.io/balloon-for';

/**
 * A pool that is `cool` at rest keeps a node without a replica: a pod that does nothing takes the accelerator, and gives way to the first
 * replica at once, for anybody goes before it. (Where the autoscaler of nodes knows CapacityBuffer, that does the same without a pod.)
 */
export function balloon(pool: PoolDescription): readonly Manifest[] {
  const accelerator = acceleratorOf(pool.accelerator);
  if (pool.scaling.idleWarmth !== 'cool' || accelerator === undefined) return [];
  const name = `balloon-${pool.name}`;
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name,
        namespace: NAMESPACE,
        labels: { ...labelsOf(name), [BALLOON_LABEL]: poolComponent(pool.name) },
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorOf(name) },
        template: {
          metadata: { labels: { ...labelsOf(name), [BALLOON_LABEL]: poolComponent(pool.name) } },
          spec: {
            priorityClassName: PRIORITY.balloon,
            terminationGracePeriodSeconds: 0,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: POD_SECURITY,
            ...accelerator.scheduling,
            containers: [
              {
                name: 'hold',
                image: 'registry.k8s.io/pause:3.10',
                resources: {
                  requests: { cpu: '10m', memory: '16Mi', [accelerator.resource]: '1' },
                  limits: { memory: '16Mi', [accelerator.resource]: '1' },
                },
                securityContext: CONFINED,
              },
            ],
          },
        },
      },
    },
  ];
}
