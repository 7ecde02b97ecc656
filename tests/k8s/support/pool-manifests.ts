import type { Resource } from './cluster';
import { rendered } from './manifests';

export const POLLING_SECONDS = 10;
export const COOLDOWN_SECONDS = 20;
const STABILIZATION_SECONDS = 10;

export interface PoolChange {
  /** The address of the scaler, as a target of gRPC. */
  readonly scaler: string;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly fallback?: object;
  /** What the pods get beside what is rendered. */
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Instead of the rendered one. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

interface Trigger {
  readonly metadata: object;
}

interface ScaledObject extends Resource {
  readonly spec: {
    readonly triggers: readonly [Trigger, ...Trigger[]];
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly behavior: { readonly scaleUp: object } } };
  };
}

interface Deployment extends Resource {
  readonly spec: {
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: object };
  };
}

/** Its trigger is the scaler alone, which is a process beside the cluster and has no certificate; and waits are short. */
function scaled({ spec, ...resource }: ScaledObject, change: PoolChange): object {
  const [demand] = spec.triggers;
  const { scaleUp } = spec.advanced.horizontalPodAutoscalerConfig.behavior;
  const scaleDown = {
    stabilizationWindowSeconds: STABILIZATION_SECONDS,
    policies: [{ type: 'Percent', value: 100, periodSeconds: 5 }],
  };
  return {
    ...resource,
    spec: {
      ...spec,
      triggers: [
        { ...demand, metadata: { ...demand.metadata, scalerAddress: change.scaler }, authenticationRef: undefined },
      ],
      pollingInterval: POLLING_SECONDS,
      cooldownPeriod: COOLDOWN_SECONDS,
      initialCooldownPeriod: 0,
      fallback: change.fallback,
      ...(change.minReplicas === undefined ? {} : { minReplicaCount: change.minReplicas }),
      ...(change.maxReplicas === undefined ? {} : { maxReplicaCount: change.maxReplicas }),
      advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleUp, scaleDown } } },
    },
  };
}

function deployed({ spec, ...resource }: Deployment, change: PoolChange): object {
  const { metadata, spec: pod } = spec.template;
  const template = {
    metadata: { labels: { ...metadata.labels, ...change.podLabels }, annotations: change.podAnnotations },
    spec: { ...pod, ...(change.nodeSelector === undefined ? {} : { nodeSelector: change.nodeSelector }) },
  };
  return { ...resource, spec: { ...spec, replicas: 0, template } };
}

/**
 * The rendered manifests of a pool with what a test needs changed, without the balloon that keeps its node.
 *
 * @param file such as `cpu/pool-pictures.yaml`
 */
export const poolManifests = (file: string, change: PoolChange): object[] =>
  rendered('pools', file)
    .filter(({ metadata: { name } }) => !name.startsWith('balloon-'))
    .map((resource) => {
      if (resource.kind === 'ScaledObject') return scaled(resource as ScaledObject, change);
      if (resource.kind === 'Deployment') return deployed(resource as Deployment, change);
      return resource;
    });
