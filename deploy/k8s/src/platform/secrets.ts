import type { Fields, Manifest } from '../manifest';
import { NAMESPACE } from '../names';
import { databaseUrl } from './database';

/** The store of the hospital's secrets, which whoever runs the cluster sets up. */
const STORE = { kind: 'ClusterSecretStore', name: 'hospital' };

const externalSecret = (name: string, data: readonly Fields[], template: Fields = {}): Manifest => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    refreshInterval: '1h',
    secretStoreRef: STORE,
    target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain', ...template },
    data,
  },
});

/** Secrets of ours are 32 bytes; the store has them in base64. */
const bytes = (secretKey: string, property = secretKey): Fields => ({
  secretKey,
  remoteRef: { key: 'medserve/keys', property, decodingStrategy: 'Base64' },
});
const text = (secretKey: string, property: string): Fields => ({
  secretKey,
  remoteRef: { key: 'medserve/keys', property },
});

/** A login and its URL, in the form that CloudNativePG reads too. */
const databaseLogin = (service: string, user: string): Manifest =>
  externalSecret(
    `database-${service}`,
    [{ secretKey: 'password', remoteRef: { key: 'medserve/database', property: service } }],
    {
      template: {
        type: 'kubernetes.io/basic-auth',
        engineVersion: 'v2',
        metadata: { labels: { 'cnpg.io/reload': 'true' } },
        data: { username: user, password: '{{ .password }}', uri: databaseUrl(user) },
      },
    },
  );

const LEDGER_KEY = text('ledger.pem', 'ledger.pem');

/** Each process gets what it needs and no more: who has `content` and a backup of the database can open every stored answer. */
export const secrets = (): readonly Manifest[] => [
  databaseLogin('owner', 'medserve'),
  databaseLogin('gateway', 'gateway_login'),
  databaseLogin('recorder', 'recorder_login'),
  databaseLogin('monitor', 'monitor_login'),
  externalSecret('gateway-keys', [bytes('pepper'), bytes('references'), bytes('content')]),
  externalSecret('gateway-token-keys', [text('1.pem', 'token-1.pem')]),
  externalSecret('recorder-keys', [LEDGER_KEY]),
  externalSecret('operator-keys', [bytes('pepper'), bytes('references'), bytes('content'), LEDGER_KEY]),
];
