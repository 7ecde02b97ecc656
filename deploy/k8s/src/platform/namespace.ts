import type { Manifest } from '../manifest';
import { NAMESPACE } from '../names';
import { denyAll } from '../network';

const LEVEL = 'restricted';

export const namespace = (): readonly Manifest[] => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NAMESPACE,
      labels: Object.fromEntries(
        ['enforce', 'audit', 'warn'].flatMap((mode) => [
          [`pod-security.kubernetes.io/${mode}`, LEVEL],
          [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
        ]),
      ),
    },
  },
  denyAll(),
];
