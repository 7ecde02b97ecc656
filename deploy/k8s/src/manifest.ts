import { ApiObject, App, Chart } from 'cdk8s';

export type Fields = Readonly<Record<string, unknown>>;

/** A document of Kubernetes. Its shape is held against the schemas of the API by `npm run manifests:check`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & Fields;
  readonly [field: string]: unknown;
}

const HEADER = '# Made by `npm run manifests` from deploy/k8s/src; changes here are lost.\n';

/** @returns the documents as YAML, what others need (namespaces, classes, accounts) first, in the order of their names otherwise */
export function yamlOf(name: string, manifests: readonly Manifest[]): string {
  const app = new App({ recordConstructMetadata: false });
  const chart = new Chart(app, name, { disableResourceNameHashes: true });
  for (const manifest of manifests) {
    const { apiVersion, kind, metadata } = manifest;
    new ApiObject(
      chart,
      `${apiVersion}-${kind}-${metadata.name}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'),
      manifest,
    );
  }
  return `${HEADER}${app.synthYaml()}`;
}
