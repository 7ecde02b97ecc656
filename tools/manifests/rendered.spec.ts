import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFleet } from '@medserve/fleet';
import { documentsOf } from './documents.mjs';
import { secretManifests } from './secrets.mjs';
import { APPS, appOf, mistakesFor, unknownTo } from './testing/services';

/* oxlint-disable typescript/no-explicit-any -- documents of any kind; their shapes are checked by their schemas */
const RENDERED = join(__dirname, '../../deploy/k8s/rendered');

const all: any[] = readdirSync(RENDERED, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.yaml$/.test(path) && !/kustomization\.yaml$|fleet\.yaml$/.test(path))
  .flatMap((path) => documentsOf(readFileSync(join(RENDERED, path), 'utf8')));

const isPatch = (document: any): boolean =>
  document.spec?.template?.spec !== undefined && document.spec.selector === undefined && document.kind === 'Deployment';
const whole = all.filter((document) => !isPatch(document));
const ofKind = (kind: string): any[] => whole.filter((document) => document.kind === kind);
const names = (kind: string): Set<string> => new Set(ofKind(kind).map(({ metadata }) => metadata.name));
const pods = [...ofKind('Deployment'), ...ofKind('Job')].map(({ metadata, spec }) => ({
  name: metadata.name,
  ...spec.template,
}));
const containersOf = ({ spec }: any): any[] => [...(spec.initContainers ?? []), ...spec.containers];

const EXAMPLES: Readonly<Record<string, string>> = {
  MEDSERVE_DATABASE_URL: 'postgres://user:password@host:5432/medserve',
  MEDSERVE_POD_ADDRESS: '10.0.0.1',
};
const services = pods.flatMap((pod) =>
  pod.spec.containers
    .map((container: any) => [pod.name, appOf(container.command), container.env] as const)
    .filter(([, app]: any) => app !== undefined),
);
const namesIn = (env: any[]): string[] => env.map(({ name }) => name);

describe('the environment of a service in a cluster', () => {
  it('is there for every service that a cluster has', () => {
    expect([...new Set(services.map(([, app]) => app))].sort()).toEqual(APPS);
  });

  it.each(services)('%s: every variable is one that the service knows', (_pod, app, env) => {
    expect(unknownTo(app, namesIn(env))).toEqual([]);
  });

  it.each(services)('%s: nothing is missing, and every value is one that the service takes', (_pod, app, env) => {
    const given = Object.fromEntries(env.map(({ name, value }: any) => [name, value ?? EXAMPLES[name]]));
    expect(mistakesFor(app, given)).toEqual([]);
  });

  it('has what the patch for Kafka adds, under names that its services know', () => {
    const added = all.filter(isPatch).flatMap(({ spec }) => spec.template.spec.containers);
    expect(added.map(({ name }) => name)).toEqual(['recorder', 'monitor']);
    for (const { name, env } of added) expect(unknownTo(name, namesIn(env))).toEqual([]);
  });
});

describe('the pod of an operator', () => {
  it('asks the gateway under a name that its certificate has, and knows its authority', () => {
    const { spec } = pods.find(({ name }) => name === 'operator')!;
    const [{ env, volumeMounts }] = spec.containers;
    const value = (name: string): string => env.find((one: any) => one.name === name).value;
    const door = ofKind('Certificate').find(({ metadata }) => metadata.name === 'tls-door').spec;
    const { hostname, port } = new URL(value('MEDSERVE_URL'));
    expect(door.dnsNames).toContain(hostname);
    expect(ofKind('Service').find(({ metadata }) => metadata.name === 'gateway').spec.ports).toContainEqual(
      expect.objectContaining({ port: Number(port) }),
    );
    const { mountPath } = volumeMounts.find(({ name }: any) => name === 'door-ca');
    expect(value('NODE_EXTRA_CA_CERTS')).toBe(`${mountPath}/ca.crt`);
    const { secret } = spec.volumes.find(({ name }: any) => name === 'door-ca');
    // Its key stays with the gateway.
    expect(secret).toEqual({ secretName: door.secretName, items: [{ key: 'ca.crt', path: 'ca.crt' }] });
  });
});

describe('what a pod names', () => {
  const certificates = ofKind('Certificate').map(({ spec }) => spec.secretName);
  const fromStore = ofKind('ExternalSecret').map(({ spec }) => spec.target.name);
  const byOperators = ['database-ca', 'events-cluster-ca-cert', ...names('KafkaUser')];
  const secrets = new Set([...certificates, ...fromStore, ...byOperators]);
  const configMaps = new Set([...names('ConfigMap'), 'medserve-fleet']);

  it.each(pods.map((pod) => [pod.name, pod]))('%s: is there', (_name, { spec }) => {
    expect(names('PriorityClass')).toContain(spec.priorityClassName);
    if (spec.serviceAccountName !== undefined) expect(names('ServiceAccount')).toContain(spec.serviceAccountName);
    for (const { secret, configMap } of spec.volumes ?? []) {
      if (secret) expect(secrets).toContain(secret.secretName);
      if (configMap) expect(configMaps).toContain(configMap.name);
    }
    for (const { env = [], volumeMounts = [] } of containersOf({ spec })) {
      for (const { valueFrom } of env)
        if (valueFrom?.secretKeyRef) expect(secrets).toContain(valueFrom.secretKeyRef.name);
      const volumes = (spec.volumes ?? []).map(({ name }: any) => name);
      for (const { name } of volumeMounts) expect(volumes).toContain(name);
    }
  });

  it('is made by the command for clusters without a store of secrets, with the same keys', () => {
    const made = secretManifests({
      databaseUrl: (user: string) => `postgres://${user}:{{ .password | urlquery }}@db/medserve`,
      NAMESPACE: 'medserve',
    });
    const keysOf = ({ spec }: any): string[] =>
      Object.keys(
        spec.target.template?.data ?? Object.fromEntries(spec.data.map(({ secretKey }: any) => [secretKey, ''])),
      );
    expect(made.map(({ metadata, data }: any) => [metadata.name, Object.keys(data).sort()]).sort()).toEqual(
      ofKind('ExternalSecret')
        .map((one) => [one.metadata.name, keysOf(one).sort()])
        .sort(),
    );
  });

  it.each(ofKind('Service').map((service) => [service.metadata.name, service]))(
    'the service %s leads to pods with its ports',
    (_name, { spec }) => {
      const chosen = pods.filter(({ metadata }) =>
        Object.entries(spec.selector).every(([label, value]) => metadata.labels[label] === value),
      );
      expect(chosen).toHaveLength(1);
      const ports = chosen
        .flatMap(containersOf)
        .flatMap((container) => container.ports ?? [])
        .map(({ name }: any) => name);
      for (const { targetPort } of spec.ports) expect(ports).toContain(targetPort);
    },
  );
});

describe('Pod Security "restricted"', () => {
  const RESTRICTED_VOLUMES = new Set([
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'image',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ]);

  it.each(pods.map((pod) => [pod.name, pod]))('%s', (_name, pod) => {
    expect(pod.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const { securityContext } of containersOf(pod))
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
      });
    const kinds = (pod.spec.volumes ?? []).flatMap((volume: any) =>
      Object.keys(volume).filter((key) => key !== 'name'),
    );
    expect(kinds.filter((kind: string) => !RESTRICTED_VOLUMES.has(kind))).toEqual([]);
  });
});

describe('the brokers', () => {
  const [{ spec }] = ofKind('Kafka');
  const { topicOperatorContainer, userOperatorContainer } = spec.entityOperator.template;

  it.each([
    ['a broker', spec.kafka.template.kafkaContainer],
    ['the operator of topics', topicOperatorContainer],
    ['the operator of users', userOperatorContainer],
  ])('are let in by Pod Security "restricted", whatever profile their operator runs with: %s', (_which, container) => {
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('let in nobody but our policy does, as policies add up and Strimzi makes one of its own', () => {
    const [{ networkPolicyPeers, port }] = spec.kafka.listeners;
    const ours = ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === 'events').spec.ingress;
    expect(ours.find(({ ports }: any) => ports?.[0].port === port).from).toEqual(networkPolicyPeers);
  });
});

describe('an overlay', () => {
  const OVERLAYS = join(__dirname, '../../deploy/k8s/overlays');

  it.each(readdirSync(OVERLAYS))(
    '%s: what KEDA asks Prometheus is scraped, as no pool goes to zero otherwise',
    (name) => {
      const listed = (overlay: string): string[] => {
        const [{ resources = [], patches = [] }] = documentsOf(
          readFileSync(join(OVERLAYS, overlay, 'kustomization.yaml'), 'utf8'),
        ) as any[];
        const own = [...resources, ...patches.map(({ patch }: any) => patch)];
        return [
          ...own,
          ...resources
            .filter((path: string) => /^\.\.\/\w+$/.test(path))
            .flatMap((path: string) => listed(path.slice(3))),
        ];
      };
      const parts = listed(name);
      const isAsked = !parts.some((part) => /type, value: prometheus/.test(part));
      if (isAsked) expect(parts).toContain('../../rendered/monitoring');
    },
  );
});

describe('pods that hold a GPU', () => {
  const takes = (pod: any): boolean =>
    containersOf(pod).some(({ resources }) =>
      Object.keys(resources?.limits ?? {}).some((name) => name.startsWith('nvidia.com/')),
    );
  const serving = pods.filter((pod) => takes(pod) && !('medserve.io/balloon-for' in pod.metadata.labels));

  it('are those of the pools with an accelerator', () => {
    const fleet = parseFleet(readFileSync(join(__dirname, '../../deploy/k8s/fleet.yaml'), 'utf8'));
    const accelerated = fleet.filter(({ accelerator }) => accelerator !== 'cpu').map(({ name }) => `pool-${name}`);
    expect(serving.map(({ name }) => name).sort()).toEqual(accelerated.sort());
  });

  it.each(serving.map((pod) => [pod.name, pod]))(
    '%s says what the admission policy asks',
    (_name, { metadata, spec }) => {
      expect(metadata.labels).toHaveProperty(['medserve.io/pool']);
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(45);
      expect(spec.priorityClassName).toMatch(/^medserve-/);
      for (const container of spec.containers)
        for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
          expect(container).toHaveProperty(probe);
    },
  );
});

describe('the network', () => {
  it('lets nobody in or out where no policy says so, and every pod has one', () => {
    expect(ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === 'deny-all').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    const balloons = pods
      .filter(({ metadata }) => 'medserve.io/balloon-for' in metadata.labels)
      .map(({ name }) => name);
    for (const { name } of pods)
      if (!balloons.includes(name))
        expect(names('NetworkPolicy')).toContain(name.replace(/^migration-.*/, 'migration'));
  });

  it('has an end for every beginning: who may call somebody is let in there', () => {
    const policies = ofKind('NetworkPolicy');
    const componentOf = (peer: any): string | undefined =>
      peer.podSelector?.matchLabels?.['app.kubernetes.io/component'];
    const calls = policies.flatMap(({ metadata, spec }) =>
      (spec.egress ?? []).flatMap(({ to = [], ports = [] }: any) =>
        to
          .map(componentOf)
          .filter(Boolean)
          .flatMap((callee: string) => ports.map(({ port }: any) => `${metadata.name} ${callee} ${port}`)),
      ),
    );
    const answers = new Set(
      policies.flatMap(({ metadata, spec }) =>
        (spec.ingress ?? []).flatMap(({ from = [], ports = [] }: any) =>
          from
            .map(componentOf)
            .filter(Boolean)
            .flatMap((caller: string) => ports.map(({ port }: any) => `${caller} ${metadata.name} ${port}`)),
        ),
      ),
    );
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.filter((call) => !answers.has(call))).toEqual([]);
  });
});
