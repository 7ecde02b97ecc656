import { createHash } from 'node:crypto';
import type { PoolDescription } from '@medserve/fleet';
import type { Fields, Manifest } from '../manifest';
import { labelsOf, MODELS_IMAGE, NAMESPACE, poolComponent } from '../names';
import type { Server } from './servers';

/** The `model.yaml` of a package whose model a server beside the pod runs. */
export type PackageText = (name: string, version: string) => string;

/** What a pod finds under `/models`, and what else it has to be told of it. */
export interface Packages {
  readonly mounts: readonly Fields[];
  readonly volume: Fields;
  /** Absent: packages come in an image. */
  readonly config?: Manifest;
}

/** Where the servers beside the pod are said to be. */
export const POOLS_FOLDER = '/etc/medserve/pools';

/**
 * `name:version`, or `name` for all versions of one.
 *
 * @throws Error for `*`: a pod has the packages of its pool and no others, so somebody has to say which
 */
export function modelNames({ name, models }: PoolDescription): readonly string[] {
  if (models.includes('*')) throw new Error(`pool ${name}: in a cluster a pool names its models, * is none`);
  return [...new Set(models.map((model) => model.split(':')[0] ?? model))];
}

/** Only the pool's packages are there: what a pod has, the router may send to it. */
export const packagesOfImage = (pool: PoolDescription): Packages => ({
  mounts: modelNames(pool).map((name) => ({
    name: 'models',
    mountPath: `/models/${name}`,
    subPath: `models/${name}`,
    readOnly: true,
  })),
  volume: { name: 'models', image: { reference: MODELS_IMAGE, pullPolicy: 'IfNotPresent' } },
});

/** Packages without weights are files of a ConfigMap. Mounted one by one, as a package may hold no links. */
export function packagesOfServer(pool: PoolDescription, server: Server, packageText: PackageText): Packages {
  const component = poolComponent(pool.name);
  const packages = pool.models.map((model) => {
    const [name = '', version = '1'] = model.split(':');
    return { name, version };
  });
  const pools = { [server.pool]: { replicas: ['http://127.0.0.1:8000'], flavour: server.flavour } };
  return {
    mounts: [
      ...packages.map(({ name, version }) => ({
        name: 'config',
        mountPath: `/models/${name}/${version}/model.yaml`,
        subPath: `${name}-${version}.yaml`,
        readOnly: true,
      })),
      { name: 'config', mountPath: POOLS_FOLDER, readOnly: true },
    ],
    volume: { name: 'config', configMap: { name: component } },
    config: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: component, namespace: NAMESPACE, labels: labelsOf(component) },
      data: {
        'pools.yaml': `${JSON.stringify({ pools }, null, 2)}\n`,
        ...Object.fromEntries(
          packages.map(({ name, version }) => [`${name}-${version}.yaml`, packageText(name, version)]),
        ),
      },
    },
  };
}

/** Files that are mounted one by one are never read again: pods with others have to be others. */
export const digestOf = (config: Manifest): string =>
  createHash('sha256').update(JSON.stringify(config['data'])).digest('hex').slice(0, 16);
