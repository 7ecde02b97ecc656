import { CONFINED, fromSecret, POD_SECURITY, secretVolume, TEMPORARY } from '../container';
import type { Fields, Manifest } from '../manifest';
import { addressOf, IMAGE, labelsOf, NAMESPACE, PORTS, selectorOf, VERSION } from '../names';
import { networkPolicy, to, toLabels } from '../network';
import { PRIORITY } from '../priorities';
import { serviceAccount } from '../workload';
import { DATABASE_CA, DATABASE_PODS } from './database';
import { sized } from './files';

const HOME = '/var/lib/medserve';

/** The authority of the door, by which commands that ask the gateway know it. */
const DOOR_CA = '/etc/medserve/door';

const container = (
  name: string,
  command: readonly string[],
  mounts: readonly Fields[],
  env: readonly Fields[] = [],
): Fields => ({
  name,
  image: IMAGE,
  imagePullPolicy: 'IfNotPresent',
  command,
  env: [
    { name: 'MEDSERVE_DATABASE_URL', ...fromSecret('database-owner', 'uri') },
    { name: 'MEDSERVE_HOME', value: HOME },
    ...env,
  ],
  resources: sized('100m', '512Mi'),
  securityContext: CONFINED,
  terminationMessagePolicy: 'FallbackToLogsOnError',
  volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...DATABASE_CA.mounts, ...mounts],
});

const podSpec = (account: string): Fields => ({
  serviceAccountName: account,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  priorityClassName: PRIORITY.platform,
  securityContext: POD_SECURITY,
});

/** Brings the schema up to date, as the owner of the tables; the services start when it has. */
export const migration = (): readonly Manifest[] => [
  serviceAccount('migration'),
  networkPolicy('migration', { egress: [toLabels(DATABASE_PODS, PORTS.postgres)] }),
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    // A Job cannot be changed: that of another version is another Job.
    metadata: {
      name: `migration-${VERSION.replaceAll('.', '-')}`,
      namespace: NAMESPACE,
      labels: labelsOf('migration'),
    },
    spec: {
      // Until the database is there; it takes turns with others and may be run again at any time.
      backoffLimit: 20,
      ttlSecondsAfterFinished: 86_400,
      template: {
        metadata: { labels: labelsOf('migration') },
        spec: {
          ...podSpec('migration'),
          restartPolicy: 'OnFailure',
          containers: [container('migrate', ['node', 'deploy/images/migrate.cjs'], [])],
          volumes: [TEMPORARY, ...DATABASE_CA.volumes],
        },
      },
    },
  },
];

/** Where an operator types `medserve keys create` and the like: nobody is there until somebody scales it to 1. */
export const operator = (): readonly Manifest[] => [
  serviceAccount('operator'),
  networkPolicy('operator', {
    egress: [toLabels(DATABASE_PODS, PORTS.postgres), to('gateway', PORTS.http)],
  }),
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'operator', namespace: NAMESPACE, labels: labelsOf('operator') },
    spec: {
      replicas: 0,
      selector: { matchLabels: selectorOf('operator') },
      template: {
        metadata: { labels: labelsOf('operator') },
        spec: {
          ...podSpec('operator'),
          terminationGracePeriodSeconds: 5,
          containers: [
            container(
              'operator',
              ['sleep', 'infinity'],
              [
                { name: 'home', mountPath: HOME },
                { name: 'keys', mountPath: `${HOME}/keys`, readOnly: true },
                { name: 'door-ca', mountPath: DOOR_CA, readOnly: true },
              ],
              [
                { name: 'MEDSERVE_URL', value: `https://${addressOf('gateway', PORTS.http)}` },
                { name: 'NODE_EXTRA_CA_CERTS', value: `${DOOR_CA}/ca.crt` },
              ],
            ),
          ],
          volumes: [
            TEMPORARY,
            ...DATABASE_CA.volumes,
            { name: 'home', emptyDir: {} },
            secretVolume('keys', 'operator-keys'),
            { name: 'door-ca', secret: { secretName: 'tls-door', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          ],
        },
      },
    },
  },
];
