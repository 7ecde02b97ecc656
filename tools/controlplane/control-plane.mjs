// A Kubernetes control plane on loopback, without containers: etcd, API server, controllers, scheduler, and KWOK for nodes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../real/cache.mjs';
import { freePorts } from '../real/ports.mjs';
import { makeCertificates } from './certificates.mjs';
import { writeKubeconfig } from './kubeconfig.mjs';
import { kubectlOf } from './kubectl.mjs';
import { NODES } from './nodes.mjs';
import { partsOf } from './parts.mjs';
import { ensureControlPlane, ensureDefinitions } from './programs.mjs';

const PORTS = ['etcd', 'etcdPeer', 'apiserver', 'controllerManager', 'scheduler', 'kwok'];
const USERS = ['admin', 'controller-manager', 'scheduler'];
const STAGES = join(ROOT, 'tools', 'controlplane', 'stages.yaml');
const WITHIN_MS = 120_000;

/** Waits until something that is asked of the API is so. */
export async function untilSo(what, isSo) {
  const givesUpAt = performance.now() + WITHIN_MS;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > givesUpAt) throw new Error(`the control plane: in vain waited for ${what}`);
    await delay(200);
  }
}

/**
 * Starts it in `folder`; ready when it resolves: the API answers, the nodes are Ready, pods may be made and the resource definitions
 * are served.
 * @param {readonly string[]} definitions more files or folders of resource definitions
 */
export async function startControlPlane({ folder, definitions = [], say = () => undefined }) {
  const programs = await ensureControlPlane(say);
  const served = [await ensureDefinitions(say), ...definitions];
  const certificates = join(folder, 'pki');
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  await makeCertificates(certificates);
  const numbers = await freePorts(PORTS.length);
  const ports = Object.fromEntries(PORTS.map((name, at) => [name, numbers[at]]));
  const server = `https://127.0.0.1:${ports.apiserver}`;
  const kubeconfig = (user) => join(folder, `${user}.kubeconfig`);
  for (const user of USERS) writeKubeconfig(kubeconfig(user), { server, certificates, user });
  const log = (name) => join(logs, `${name}.log`);
  const parts = partsOf({ programs, certificates, folder, ports, kubeconfig, log, stages: STAGES });
  const kubectl = kubectlOf(programs, kubeconfig('admin'));
  // Who depends on another ends before it.
  const stop = async () => {
    const { kwok, scheduler, controllerManager, apiserver, etcd } = parts;
    await Promise.all([kwok, scheduler, controllerManager].map((part) => part.stop()));
    await apiserver.stop();
    await etcd.stop();
  };
  const pids = () => Object.fromEntries(Object.values(parts).map(({ name, pid }) => [name, pid]));
  const said = (text) => say(`control plane: ${text} ...`);
  try {
    said('etcd and the API server');
    await parts.etcd.start();
    await parts.apiserver.start();
    said('controllers, scheduler and nodes');
    await Promise.all([parts.controllerManager.start(), parts.scheduler.start(), parts.kwok.start()]);
    await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: NODES }));
    said('resource definitions');
    // Client-side apply would keep each one a second time in an annotation, for which the large ones are too large.
    await kubectl(['apply', '--server-side', ...served.flatMap((path) => ['-f', path])]);
    await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s']);
    await kubectl(['wait', '--for=condition=Ready', 'node', '--all', '--timeout=120s']);
    await untilSo('the default service account', () => kubectl(['get', 'serviceaccount', 'default']).then(() => true));
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, programs, certificates, folder, log, kubectl, kubeconfig, parts, pids, stop };
}
