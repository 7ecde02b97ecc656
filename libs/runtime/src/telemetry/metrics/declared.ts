import type { Registry, RegistryContentType } from 'prom-client';

/** A metric as it is declared, before anything was counted. */
export interface DeclaredMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

/** What prom-client keeps of a metric, which its types leave out. */
type Kept = Omit<DeclaredMetric, 'labels'> & { readonly labelNames?: readonly string[] };

/** All metrics of a registry, in the order in which they were declared. */
export const declaredIn = (registry: Registry<RegistryContentType>): DeclaredMetric[] =>
  (registry.getMetricsAsArray() as unknown as readonly Kept[]).map(({ name, type, help, labelNames = [] }) => ({
    name,
    type,
    labels: labelNames,
    help,
  }));
