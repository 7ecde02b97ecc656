import type { Fields, Manifest } from '../manifest';
import { CLUSTER_DOMAIN, NAMESPACE, PORTS } from '../names';

const API = 'gateway.networking.k8s.io/v1';
const HOST = 'medserve.example';
const GATEWAY = 'medserve';

const LISTENERS = [
  {
    name: 'https',
    hostname: HOST,
    port: 443,
    protocol: 'HTTPS',
    tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: 'tls-public' }] },
    allowedRoutes: { namespaces: { from: 'Same' } },
  },
];

const route = (kind: 'HTTPRoute' | 'GRPCRoute', rules: readonly Fields[]): Manifest => ({
  apiVersion: API,
  kind,
  metadata: { name: kind === 'HTTPRoute' ? 'http' : 'grpc', namespace: NAMESPACE },
  spec: { parentRefs: [{ name: GATEWAY, sectionName: 'https' }], hostnames: [HOST], rules },
});

/** What the gateway offers over gRPC; everything else is HTTP. */
const GRPC_SERVICES = ['medserve.v1.MedServe', 'inference.GRPCInferenceService', 'grpc.health.v1.Health'];

/** The way in: callers' TLS ends at the cluster's gateway, and is made anew from there to ours. */
export const routes = (): readonly Manifest[] => [
  {
    apiVersion: API,
    kind: 'Gateway',
    metadata: { name: GATEWAY, namespace: NAMESPACE },
    spec: { gatewayClassName: 'cluster', listeners: LISTENERS },
  },
  route('HTTPRoute', [
    {
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
      // No time limit of the proxy's: a stream lasts as long as an answer is written, and requests have deadlines.
      timeouts: { request: '0s' },
      backendRefs: [{ name: 'gateway', port: PORTS.http }],
    },
  ]),
  route('GRPCRoute', [
    {
      matches: GRPC_SERVICES.map((service) => ({ method: { type: 'Exact', service } })),
      backendRefs: [{ name: 'gateway', port: PORTS.grpc }],
    },
  ]),
  {
    apiVersion: API,
    kind: 'BackendTLSPolicy',
    metadata: { name: 'gateway', namespace: NAMESPACE },
    spec: {
      targetRefs: [{ group: '', kind: 'Service', name: 'gateway' }],
      validation: {
        hostname: `gateway.${NAMESPACE}.${CLUSTER_DOMAIN}`,
        caCertificateRefs: [{ group: '', kind: 'Secret', name: 'tls-door' }],
      },
    },
  },
  {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'tls-public', namespace: NAMESPACE },
    spec: {
      secretName: 'tls-public',
      dnsNames: [HOST],
      duration: '2160h',
      renewBefore: '720h',
      // A hospital's own authority in its place: overlays say which.
      issuerRef: { name: 'door', kind: 'Issuer', group: 'cert-manager.io' },
    },
  },
];
