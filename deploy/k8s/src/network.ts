import type { Fields, Manifest } from './manifest';
import { labelsOf, NAMESPACE, PORTS, selectorOf } from './names';

const port = (number: number, protocol = 'TCP'): Fields => ({ port: number, protocol });
const ports = (...numbers: readonly number[]): readonly Fields[] => numbers.map((number) => port(number));

const ofNamespace = (name: string): Fields => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const ofComponent = (component: string): Fields => ({ podSelector: { matchLabels: selectorOf(component) } });

/** Ends of a connection, and the ports of the end that is called. */
export const from = (component: string, ...numbers: readonly number[]): Fields => ({
  from: [ofComponent(component)],
  ports: ports(...numbers),
});
export const fromNamespace = (name: string, ...numbers: readonly number[]): Fields => ({
  from: [ofNamespace(name)],
  ports: ports(...numbers),
});
export const fromPortRange = (component: string, first: number, last: number): Fields => ({
  from: [ofComponent(component)],
  ports: [{ port: first, endPort: last, protocol: 'TCP' }],
});
export const to = (component: string, ...numbers: readonly number[]): Fields => ({
  to: [ofComponent(component)],
  ports: ports(...numbers),
});
export const toLabels = (matchLabels: Readonly<Record<string, string>>, ...numbers: readonly number[]): Fields => ({
  to: [{ podSelector: { matchLabels } }],
  ports: ports(...numbers),
});
export const toPools = (...rules: readonly Fields[]): Fields => ({
  to: [{ podSelector: { matchExpressions: [{ key: 'medserve.io/pool', operator: 'Exists' }] } }],
  ports: rules,
});

const TO_DNS: Fields = {
  to: [{ ...ofNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
  ports: [port(PORTS.dns, 'UDP'), port(PORTS.dns)],
};

const TO_COLLECTOR: Fields = { to: [ofNamespace('monitoring')], ports: ports(4_317, 4_318) };

/** Prometheus reads the port of the probes; kubelets are let in by every network that enforces policies. */
const FROM_PROMETHEUS = fromNamespace('monitoring', PORTS.probe);

/** Nobody in, nobody out, but what another policy allows. */
export const denyAll = (): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny-all', namespace: NAMESPACE },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
});

export const networkPolicy = (
  component: string,
  rules: { readonly ingress?: readonly Fields[]; readonly egress?: readonly Fields[] },
): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: component, namespace: NAMESPACE, labels: labelsOf(component) },
  spec: {
    podSelector: { matchLabels: selectorOf(component) },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [FROM_PROMETHEUS, ...(rules.ingress ?? [])],
    egress: [TO_DNS, TO_COLLECTOR, ...(rules.egress ?? [])],
  },
});
