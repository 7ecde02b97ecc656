// KEDA beside a control plane of tools/controlplane: operator and metrics adapter as processes on loopback, with the service account and
// the roles that KEDA has in a cluster.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from '../controlplane/answers.mjs';
import { untilSo } from '../controlplane/control-plane.mjs';
import { writeKubeconfig } from '../controlplane/kubeconfig.mjs';
import { Part } from '../controlplane/part.mjs';
import { freePorts } from '../real/ports.mjs';

const NAMESPACE = 'keda';
const ACCOUNT = 'keda-operator';
const METRICS_API = 'v1beta1.external.metrics.k8s.io';

const external = (port, authority) => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'keda-metrics-apiserver', namespace: NAMESPACE },
    // Endpoints on loopback are refused by validation; a name that leads there is not.
    spec: { type: 'ExternalName', externalName: 'localhost' },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: METRICS_API },
    spec: {
      service: { name: 'keda-metrics-apiserver', namespace: NAMESPACE, port },
      group: 'external.metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      caBundle: authority.toString('base64'),
    },
  },
];

/** Starts KEDA for a control plane that serves its definitions; ready when it resolves: external metrics are served. */
export async function startKeda({ plane, keda, say = () => undefined }) {
  const { kubectl, certificates, folder } = plane;
  say('KEDA: service account, operator and metrics adapter ...');
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace: NAMESPACE } };
  await kubectl(['apply', '--server-side', '-k', join(keda, 'config', 'crd')]);
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s']);
  await kubectl(['create', 'namespace', NAMESPACE]);
  await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(account));
  const roles = [
    ...['role.yaml', 'role_binding.yaml'].map((name) => join(keda, 'config', 'rbac', name)),
    ...['role.yaml', 'role_binding.yaml'].map((name) => join(keda, 'config', 'metrics-server', name)),
  ];
  await kubectl(['apply', '--server-side', ...roles.flatMap((file) => ['-f', file])]);
  const token = (await kubectl(['-n', NAMESPACE, 'create', 'token', ACCOUNT, '--duration=24h'])).trim();
  const kubeconfig = join(folder, `${ACCOUNT}.kubeconfig`);
  writeKubeconfig(kubeconfig, { server: plane.server, certificates, user: ACCOUNT, token });
  const own = join(folder, 'keda');
  mkdirSync(own, { mode: 0o700 });
  for (const [from, to] of Object.entries({ 'ca.crt': 'ca.crt', 'server.crt': 'tls.crt', 'server.key': 'tls.key' }))
    copyFileSync(join(certificates, from), join(own, to));
  const environment = {
    KUBECONFIG: kubeconfig,
    POD_NAMESPACE: NAMESPACE,
    WATCH_NAMESPACE: '',
    KEDA_CLUSTER_OBJECT_NAMESPACE: NAMESPACE,
  };
  const [metrics, probes, service, api, adapterMetrics] = await freePorts(5);
  const operator = new Part({
    program: join(keda, 'operator'),
    args: [
      `--metrics-bind-address=127.0.0.1:${metrics}`,
      `--health-probe-bind-address=127.0.0.1:${probes}`,
      `--metrics-service-bind-address=127.0.0.1:${service}`,
      `--cert-dir=${own}`,
      '--leader-elect=false',
      '--zap-time-encoding=rfc3339nano',
    ],
    log: plane.log('keda-operator'),
    environment,
    isReady: () => answers(`http://127.0.0.1:${probes}/readyz`),
  });
  const adapter = new Part({
    program: join(keda, 'adapter'),
    args: [
      `--secure-port=${api}`,
      '--bind-address=127.0.0.1',
      `--port=${adapterMetrics}`,
      `--metrics-service-address=127.0.0.1:${service}`,
      `--cert-dir=${own}`,
      `--client-ca-file=${join(certificates, 'ca.crt')}`,
      `--tls-cert-file=${join(own, 'tls.crt')}`,
      `--tls-private-key-file=${join(own, 'tls.key')}`,
      `--lister-kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
    ],
    log: plane.log('keda-adapter'),
    environment,
  });
  const stop = async () => {
    await Promise.all([operator.stop(), adapter.stop()]);
  };
  try {
    await Promise.all([operator.start(), adapter.start()]);
    const authority = readFileSync(join(certificates, 'ca.crt'));
    await kubectl(
      ['apply', '--server-side', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: external(api, authority) }),
    );
    await kubectl(['wait', '--for=condition=Available', `apiservice/${METRICS_API}`, '--timeout=120s']);
    await untilSo('external metrics', () =>
      kubectl(['get', '--raw', '/apis/external.metrics.k8s.io/v1beta1']).then(() => true),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { operator, adapter, pids: () => ({ 'keda-operator': operator.pid, 'keda-adapter': adapter.pid }), stop };
}
