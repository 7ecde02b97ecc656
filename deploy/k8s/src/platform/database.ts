import type { Fields, Manifest } from '../manifest';
import { labelsOf, NAMESPACE, PORTS } from '../names';
import type { Files } from './files';

const CLUSTER = 'database';

/** As CloudNativePG labels the pods of the cluster. */
export const DATABASE_PODS = { 'cnpg.io/cluster': CLUSTER } as const;

const CA_FOLDER = '/etc/medserve/database';

/** Whoever calls the database knows it by its own authority. */
export const DATABASE_CA: Files = {
  mounts: [{ name: 'database-ca', mountPath: CA_FOLDER, readOnly: true }],
  volumes: [
    { name: 'database-ca', secret: { secretName: `${CLUSTER}-ca`, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  ],
};

/** A URL as a template of external-secrets: it has the password of the login. */
export const databaseUrl = (user: string): string =>
  `postgres://${user}:{{ .password | urlquery }}@${CLUSTER}-rw.${NAMESPACE}.svc:${String(PORTS.postgres)}/medserve` +
  `?sslmode=verify-full&sslrootcert=${CA_FOLDER}/ca.crt`;
const OWNER = 'medserve';

const GROUPS = ['medserve_gateway', 'medserve_recorder', 'medserve_monitor', 'medserve_auditor'];

const ROLES = { gateway: 'medserve_gateway', recorder: 'medserve_recorder', monitor: 'medserve_monitor' };

/** A login of a service: a plain member of the role that it works in, and of nothing else. */
const login = ([service, role]: readonly [string, string]): Fields => ({
  name: `${service}_login`,
  ensure: 'present',
  login: true,
  inherit: false,
  inRoles: [role],
  passwordSecret: { name: `database-${service}` },
});

/** Three instances, one of them always a synchronous standby: an answer that has left is on two disks. */
const cluster = (): Manifest => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind: 'Cluster',
  metadata: { name: CLUSTER, namespace: NAMESPACE, labels: labelsOf(CLUSTER) },
  spec: {
    instances: 3,
    imageName: 'ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie',
    primaryUpdateStrategy: 'unsupervised',
    enablePDB: true,
    priorityClassName: 'medserve-platform',
    bootstrap: {
      initdb: {
        database: 'medserve',
        owner: OWNER,
        dataChecksums: true,
        secret: { name: 'database-owner' },
        postInitSQL: [
          ...GROUPS.map((group) => `CREATE ROLE ${group} NOLOGIN`),
          `GRANT ${GROUPS.join(', ')} TO ${OWNER} WITH ADMIN OPTION`,
        ],
      },
    },
    managed: { roles: Object.entries(ROLES).map(login) },
    postgresql: {
      synchronous: { method: 'any', number: 1, dataDurability: 'required' },
      parameters: { max_connections: '200', shared_buffers: '1GB', wal_compression: 'on' },
    },
    storage: { size: '100Gi' },
    walStorage: { size: '20Gi' },
    resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { memory: '4Gi' } },
    affinity: { enablePodAntiAffinity: true, podAntiAffinityType: 'preferred', topologyKey: 'kubernetes.io/hostname' },
    monitoring: { enablePodMonitor: true },
  },
});

/** Its instances, those who use it, the operator that looks after it, and the API to which its instances report. */
const network = (): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: CLUSTER, namespace: NAMESPACE, labels: labelsOf(CLUSTER) },
  spec: {
    podSelector: { matchLabels: DATABASE_PODS },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { podSelector: { matchLabels: DATABASE_PODS } },
          {
            podSelector: {
              matchExpressions: [
                {
                  key: 'app.kubernetes.io/component',
                  operator: 'In',
                  values: ['gateway', 'dicom-node', 'recorder', 'monitor', 'migration', 'operator'],
                },
              ],
            },
          },
        ],
        ports: [{ port: PORTS.postgres, protocol: 'TCP' }],
      },
      {
        from: [
          { podSelector: { matchLabels: DATABASE_PODS } },
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'cnpg-system' } } },
        ],
        ports: [
          { port: 8_000, protocol: 'TCP' },
          { port: PORTS.postgres, protocol: 'TCP' },
        ],
      },
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ port: 9_187, protocol: 'TCP' }],
      },
    ],
    egress: [{}],
  },
});

export const database = (): readonly Manifest[] => [cluster(), network()];
