// The programs of a Kubernetes control plane, each on loopback and on ports of its own.
import { join } from 'node:path';
import { answers } from './answers.mjs';
import { Part } from './part.mjs';

/* KEDA's HPAs are looked at this often; Kubernetes' own default is 15 s. */
const HPA_SYNC = '5s';

/**
 * @param at programs, certificates, kubeconfig(user), folder, ports by part, log(name)
 * @returns {Record<'etcd' | 'apiserver' | 'controllerManager' | 'scheduler' | 'kwok', Part>}
 */
export function partsOf(at) {
  const { programs, certificates, folder, ports } = at;
  const pem = (name) => join(certificates, name);
  const part = (name, args, isReady) =>
    new Part({ program: join(programs, name), args, log: at.log(name), ...(isReady === undefined ? {} : { isReady }) });
  const reaching = (user) => {
    const config = at.kubeconfig(user);
    return [`--kubeconfig=${config}`, `--authentication-kubeconfig=${config}`, `--authorization-kubeconfig=${config}`];
  };
  const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
  const etcdPeer = `http://127.0.0.1:${ports.etcdPeer}`;
  return {
    etcd: part(
      'etcd',
      [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=${etcdPeer}`,
        `--initial-advertise-peer-urls=${etcdPeer}`,
        `--initial-cluster=default=${etcdPeer}`,
        '--unsafe-no-fsync',
      ],
      () => answers(`${etcdUrl}/health`),
    ),
    apiserver: part(
      'kube-apiserver',
      [
        `--etcd-servers=${etcdUrl}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${ports.apiserver}`,
        '--advertise-address=127.0.0.1',
        // An endpoint on loopback is refused by validation.
        '--endpoint-reconciler-type=none',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--authorization-mode=RBAC',
        '--anonymous-auth=false',
        `--client-ca-file=${pem('ca.crt')}`,
        `--tls-cert-file=${pem('server.crt')}`,
        `--tls-private-key-file=${pem('server.key')}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${pem('service-accounts.pub')}`,
        `--service-account-signing-key-file=${pem('service-accounts.key')}`,
        // What the aggregated API of external metrics is called with.
        `--requestheader-client-ca-file=${pem('ca.crt')}`,
        '--requestheader-allowed-names=front-proxy',
        '--requestheader-username-headers=X-Remote-User',
        '--requestheader-group-headers=X-Remote-Group',
        '--requestheader-extra-headers-prefix=X-Remote-Extra-',
        `--proxy-client-cert-file=${pem('front-proxy.crt')}`,
        `--proxy-client-key-file=${pem('front-proxy.key')}`,
      ],
      () => answers(`https://127.0.0.1:${ports.apiserver}/readyz`, certificates),
    ),
    controllerManager: part('kube-controller-manager', [
      ...reaching('controller-manager'),
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.controllerManager}`,
      `--root-ca-file=${pem('ca.crt')}`,
      `--service-account-private-key-file=${pem('service-accounts.key')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      `--horizontal-pod-autoscaler-sync-period=${HPA_SYNC}`,
    ]),
    scheduler: part('kube-scheduler', [
      ...reaching('scheduler'),
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.scheduler}`,
      '--leader-elect=false',
    ]),
    kwok: part('kwok', [
      `--kubeconfig=${at.kubeconfig('admin')}`,
      `--config=${at.stages}`,
      '--manage-all-nodes=true',
      '--node-lease-duration-seconds=40',
      '--node-ip=127.0.0.1',
      '--node-port=0',
      `--server-address=127.0.0.1:${ports.kwok}`,
    ]),
  };
}
