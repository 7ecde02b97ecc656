import type { PoolDescription } from '@medserve/fleet';
import { stringify } from 'yaml';
import { yamlOf, type Fields, type Manifest } from './manifest';
import { NAMESPACE } from './names';
import { admission } from './platform/admission';
import { certificates } from './platform/certificates';
import { database } from './platform/database';
import { dicomNode } from './platform/dicom-node';
import { gateway } from './platform/gateway';
import { kafka, kafkaPatches } from './platform/kafka';
import { monitor } from './platform/monitor';
import { monitoring, type RuleFile } from './platform/monitoring';
import { namespace } from './platform/namespace';
import { migration, operator } from './platform/owner';
import { recorder } from './platform/recorder';
import { router } from './platform/router';
import { routes } from './platform/routes';
import { scaler } from './platform/scaler';
import { secrets } from './platform/secrets';
import { studies } from './platform/studies';
import { BACKLOGS } from './pools/backlogs';
import { poolManifests } from './pools/pool';
import type { PackageText } from './pools/pool-packages';
import { priorityClasses } from './priorities';

/** What the manifests are made of that is not TypeScript. */
export interface Sources {
  readonly pools: readonly PoolDescription[];
  /** The text of a fleet file with these pools only. */
  readonly fleetText: (names: readonly string[]) => string;
  /** What a pod of each pool says of its models, by the pool's name. */
  readonly catalogues: ReadonlyMap<string, string>;
  readonly packageText: PackageText;
  readonly rules: ReadonlyMap<string, RuleFile>;
  /** Names of the files of dashboards. */
  readonly dashboards: readonly string[];
}

/** Text of a file by its path below `deploy/`. */
export type Rendered = ReadonlyMap<string, string>;

type Folder = Readonly<Record<string, readonly Manifest[]>>;

const HEADER = '# Made by `npm run manifests` from deploy/k8s/src; changes here are lost.\n';

const kustomization = (kind: 'Kustomization' | 'Component', fields: Fields): string => {
  const version = kind === 'Component' ? 'v1alpha1' : 'v1beta1';
  return HEADER + stringify({ apiVersion: `kustomize.config.k8s.io/${version}`, kind, ...fields });
};

const PLATFORM: Folder = {
  namespace: namespace(),
  priorities: priorityClasses(),
  admission: admission(),
  certificates: certificates(),
  migration: migration(),
  operator: operator(),
  gateway: gateway(),
  studies: studies(),
  'dicom-node': dicomNode(),
  router: router(),
  recorder: recorder(),
  monitor: monitor(),
  scaler: scaler(),
};

/** Files of a folder: a YAML a name, and a kustomization that lists them. */
function* folder(
  path: string,
  files: Folder,
  kind: 'Kustomization' | 'Component' = 'Kustomization',
  further: Fields = {},
): Generator<readonly [string, string]> {
  for (const [name, manifests] of Object.entries(files)) yield [`${path}/${name}.yaml`, yamlOf(name, manifests)];
  const resources = Object.keys(files).map((name) => `${name}.yaml`);
  yield [`${path}/kustomization.yaml`, kustomization(kind, { resources, ...further })];
}

/** Pools of one kind of machine, and the fleet file that their routers and scalers read. */
function* pools(
  path: string,
  described: readonly PoolDescription[],
  inFleet: readonly PoolDescription[],
  sources: Sources,
  kind: 'Kustomization' | 'Component' = 'Kustomization',
): Generator<readonly [string, string]> {
  const names = inFleet.map(({ name }) => name);
  const catalogues = names.flatMap((name) => {
    const text = sources.catalogues.get(name);
    return text === undefined ? [] : [[`${name}.json`, text] as const];
  });
  const fleet = [['fleet.yaml', sources.fleetText(names)] as const, ...catalogues];
  for (const [file, text] of fleet) yield [`${path}/${file}`, text];
  yield* folder(
    path,
    Object.fromEntries(
      described.map((pool) => [
        `pool-${pool.name}`,
        poolManifests(pool, { packageText: sources.packageText, backlog: BACKLOGS[pool.name] }),
      ]),
    ),
    kind,
    {
      configMapGenerator: [
        {
          name: 'medserve-fleet',
          namespace: NAMESPACE,
          ...(kind === 'Component' ? { behavior: 'replace' } : {}),
          files: fleet.map(([file]) => file),
        },
      ],
    },
  );
}

const dashboards = (files: readonly string[]): string =>
  kustomization('Kustomization', {
    namespace: NAMESPACE,
    generatorOptions: { disableNameSuffixHash: true, labels: { grafana_dashboard: '1' } },
    configMapGenerator: files.map((file) => ({
      name: `dashboard-${
        file
          .replace(/\.json$/, '')
          .split('/')
          .pop() ?? ''
      }`,
      files: [file],
    })),
  });

/** Everything that is committed below `deploy/` because it is made, not written. */
export function render(sources: Sources): Rendered {
  const onCpu = sources.pools.filter(({ accelerator }) => accelerator === 'cpu');
  const onGpu = sources.pools.filter(({ accelerator }) => accelerator !== 'cpu');
  return new Map([
    ...folder('k8s/rendered/platform', PLATFORM),
    ...folder('k8s/rendered/database', { database: database() }),
    ...folder('k8s/rendered/secrets', { secrets: secrets() }),
    ...folder('k8s/rendered/routes', { routes: routes() }),
    ...folder('k8s/rendered/kafka', { kafka: kafka() }, 'Component', {
      patches: [{ path: 'clients-patch.yaml' }],
    }),
    ['k8s/rendered/kafka/clients-patch.yaml', yamlOf('clients-patch', kafkaPatches())] as const,
    ...folder('k8s/rendered/monitoring', { monitoring: monitoring(sources.rules) }),
    ...pools('k8s/rendered/pools/cpu', onCpu, onCpu, sources),
    ...pools('k8s/rendered/pools/gpu', onGpu, sources.pools, sources, 'Component'),
    ...(sources.dashboards.length === 0
      ? []
      : [['grafana/kustomization.yaml', dashboards(sources.dashboards)] as const]),
  ]);
}
