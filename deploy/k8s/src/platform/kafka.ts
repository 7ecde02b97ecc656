import { RESTRICTED } from '../container';
import type { Fields, Manifest } from '../manifest';
import { labelsOf, NAMESPACE, PORTS, selectorOf, TOPIC } from '../names';
import { fromNamespace, toLabels } from '../network';
import { PATHS, type Files } from './files';

const API = 'kafka.strimzi.io/v1';
const CLUSTER = 'events';
const BROKERS = 3;

/** As Strimzi labels the pods of the cluster. */
const BROKER_PODS = { 'strimzi.io/cluster': CLUSTER, 'strimzi.io/kind': 'Kafka' } as const;

const kafkaEnvironment = {
  MEDSERVE_KAFKA_BROKERS: `${CLUSTER}-kafka-bootstrap.${NAMESPACE}.svc:${String(PORTS.kafka)}`,
  MEDSERVE_KAFKA_TOPIC: TOPIC,
  MEDSERVE_KAFKA_TLS_DIR: PATHS.kafka,
} as const;

/** The certificate of a user, and the authority of the brokers, under the names that cert-manager uses. */
const kafkaFiles = (user: string): Files => ({
  mounts: [{ name: 'kafka', mountPath: PATHS.kafka, readOnly: true }],
  volumes: [
    {
      name: 'kafka',
      projected: {
        defaultMode: 0o440,
        sources: [
          {
            secret: {
              name: user,
              items: [
                { key: 'user.crt', path: 'tls.crt' },
                { key: 'user.key', path: 'tls.key' },
              ],
            },
          },
          { secret: { name: `${CLUSTER}-cluster-ca-cert`, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        ],
      },
    },
  ],
});

const labels = { 'strimzi.io/cluster': CLUSTER };
const owned = (name: string): Manifest['metadata'] => ({ name, namespace: NAMESPACE, labels });

const nodes = (): Manifest => ({
  apiVersion: API,
  kind: 'KafkaNodePool',
  metadata: owned('dual'),
  spec: {
    replicas: BROKERS,
    roles: ['controller', 'broker'],
    storage: { type: 'persistent-claim', size: '100Gi', deleteClaim: false },
    resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { memory: '4Gi' } },
    jvmOptions: { '-Xms': '1g', '-Xmx': '1g' },
  },
});

/**
 * What Pod Security "restricted" asks, said here because Strimzi says it only where its operator runs with its restricted profile. Its
 * images write to their own root.
 */
const confined = { securityContext: { ...RESTRICTED, seccompProfile: { type: 'RuntimeDefault' } } };

/** Whom the listener lets in. Strimzi makes a policy of its own beside ours, which lets in everybody where nobody is named here. */
const peers = (): readonly Fields[] => [
  { podSelector: { matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: CLIENTS }] } },
  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'keda' } } },
];

const cluster = (): Manifest => ({
  apiVersion: API,
  kind: 'Kafka',
  metadata: { name: CLUSTER, namespace: NAMESPACE, labels: labelsOf(CLUSTER) },
  spec: {
    kafka: {
      listeners: [
        {
          name: 'tls',
          port: PORTS.kafka,
          type: 'internal',
          tls: true,
          authentication: { type: 'tls' },
          networkPolicyPeers: peers(),
        },
      ],
      authorization: { type: 'simple' },
      config: {
        'auto.create.topics.enable': false,
        'default.replication.factor': BROKERS,
        'min.insync.replicas': BROKERS - 1,
        'offsets.topic.replication.factor': BROKERS,
        'transaction.state.log.replication.factor': BROKERS,
        'transaction.state.log.min.isr': BROKERS - 1,
        'unclean.leader.election.enable': false,
      },
      template: { pod: { priorityClassName: 'medserve-platform' }, kafkaContainer: confined },
    },
    entityOperator: {
      topicOperator: {},
      userOperator: {},
      template: { topicOperatorContainer: confined, userOperatorContainer: confined },
    },
  },
});

const topic = (): Manifest => ({
  apiVersion: API,
  kind: 'KafkaTopic',
  metadata: owned(TOPIC),
  spec: {
    partitions: 6,
    replicas: BROKERS,
    config: { 'min.insync.replicas': BROKERS - 1, 'retention.ms': 604_800_000 },
  },
});

const may = (type: 'topic' | 'group', name: string, ...operations: readonly string[]): Fields => ({
  resource: { type, name, patternType: 'literal' },
  operations,
});

const user = (name: string, acls: readonly Fields[]): Manifest => ({
  apiVersion: API,
  kind: 'KafkaUser',
  metadata: owned(name),
  spec: { authentication: { type: 'tls' }, authorization: { type: 'simple', acls } },
});

const lagReader = (): Manifest => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'TriggerAuthentication',
  metadata: { name: 'kafka', namespace: NAMESPACE },
  spec: {
    secretTargetRef: [
      { parameter: 'ca', name: `${CLUSTER}-cluster-ca-cert`, key: 'ca.crt' },
      { parameter: 'cert', name: 'kafka-keda', key: 'user.crt' },
      { parameter: 'key', name: 'kafka-keda', key: 'user.key' },
    ],
  },
});

const network = (): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: CLUSTER, namespace: NAMESPACE, labels: labelsOf(CLUSTER) },
  spec: {
    podSelector: { matchLabels: { 'strimzi.io/cluster': CLUSTER } },
    policyTypes: ['Egress', 'Ingress'],
    ingress: [
      { from: [{ podSelector: { matchLabels: { 'strimzi.io/cluster': CLUSTER } } }] },
      { from: peers(), ports: [{ port: PORTS.kafka, protocol: 'TCP' }] },
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'strimzi' } } }] },
      fromNamespace('monitoring', 9_404),
    ],
    // Its entity operator speaks to the API of Kubernetes.
    egress: [{}],
  },
});

/** Who speaks to the brokers; each as a user of its own. */
const CLIENTS = ['recorder', 'monitor'] as const;

/** What these have beside their own once events travel over Kafka. */
export const kafkaPatches = (): readonly Manifest[] =>
  CLIENTS.map((name): Manifest => {
    const { mounts, volumes } = kafkaFiles(`kafka-${name}`);
    const env = Object.entries(kafkaEnvironment).map(([variable, value]) => ({ name: variable, value }));
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: NAMESPACE },
      spec: { template: { spec: { containers: [{ name, env, volumeMounts: mounts }], volumes } } },
    };
  });

const toBrokers = (name: string): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: `${name}-kafka`, namespace: NAMESPACE, labels: labelsOf(name) },
  spec: {
    podSelector: { matchLabels: selectorOf(name) },
    policyTypes: ['Egress'],
    egress: [toLabels(BROKER_PODS, PORTS.kafka)],
  },
});

export const kafka = (): readonly Manifest[] => [
  nodes(),
  cluster(),
  topic(),
  user('kafka-recorder', [
    may('topic', TOPIC, 'Describe', 'DescribeConfigs', 'Read', 'Write'),
    may('group', `${TOPIC}.ledger`, 'Read'),
  ]),
  user('kafka-monitor', [
    may('topic', TOPIC, 'Describe', 'Read'),
    may('group', `${TOPIC}.monitor`, 'Read'),
    // Every client of ours asks for a producer's number when it connects; with it alone nothing can be written.
    { resource: { type: 'cluster' }, operations: ['IdempotentWrite'] },
  ]),
  user('kafka-keda', [may('topic', '*', 'Describe'), may('group', '*', 'Describe')]),
  lagReader(),
  network(),
  ...CLIENTS.map(toBrokers),
];
