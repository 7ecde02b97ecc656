import type { PoolDescription } from '@medserve/fleet';
import type { ScalingPace, ScalingPolicy } from '@medserve/serving';
import type { Fields, Manifest } from '../manifest';
import { addressOf, labelsOf, NAMESPACE, poolComponent, PORTS } from '../names';
import { cronHours } from './cron';

/** The name of KEDA's own certificate towards the scaler. */
export const SCALER_AUTHENTICATION = 'scaler';
const PROMETHEUS = 'http://prometheus-operated.monitoring.svc.cluster.local:9090';
const KAFKA = `events-kafka-bootstrap.${NAMESPACE}.svc.cluster.local:${String(PORTS.kafka)}`;

/** A topic from which a pool's requests are fetched: what nobody has read yet is demand too. */
export interface Backlog {
  readonly topic: string;
  readonly consumerGroup: string;
  /** Messages that one replica is meant to have before it. */
  readonly messagesPerReplica: number;
}

const secondsOf = (ms: number): number => Math.ceil(ms / 1_000);

/** The longest that an autoscaler takes; it would refuse all of the ScaledObject for more. */
const LONGEST_STABILIZATION_SECONDS = 3_600;
const LONGEST_PERIOD_SECONDS = 1_800;

function rules({ stabilizationMs, replicas, share, periodMs }: ScalingPace): Fields {
  const stabilizationWindowSeconds = secondsOf(stabilizationMs);
  const periodSeconds = Math.max(1, secondsOf(periodMs));
  if (stabilizationWindowSeconds > LONGEST_STABILIZATION_SECONDS || periodSeconds > LONGEST_PERIOD_SECONDS)
    throw new Error('an autoscaler takes a stabilization of 3600 s and a period of 1800 s at most');
  const policies = [
    ...(replicas > 0 ? [{ type: 'Pods', value: replicas, periodSeconds }] : []),
    ...(share > 0 ? [{ type: 'Percent', value: Math.max(1, Math.round(100 * share)), periodSeconds }] : []),
  ];
  return {
    stabilizationWindowSeconds,
    // What the scaler has decided is exact; left at its tenth, the autoscaler would not see one replica more than ten.
    tolerance: '0',
    ...(policies.length === 0 ? { selectPolicy: 'Disabled' } : { selectPolicy: 'Max', policies }),
  };
}

/** Slots that one replica is meant to have: what the scaler tells KEDA, and what demand is divided by. */
const targetOf = ({ slotsPerReplica, targetUtilization }: ScalingPolicy): string =>
  String(Number((slotsPerReplica * targetUtilization).toFixed(3)));

const SCRAPE_SECONDS = 15;

/**
 * Read where the scaler cannot tell the demand: the gauges of the routers, without its warmth and panic. Their mean over the stable window,
 * as the scaler takes it: the largest answer counts, so a gauge of one moment would outbid every decision of the scaler.
 */
function demandQuery({ name, scaling }: PoolDescription): string {
  const seconds = Math.max(4 * SCRAPE_SECONDS, secondsOf(scaling.stableWindowMs));
  const slots = `sum(medserve_pool_queued_slots{pool="${name}"}) + sum(medserve_pool_running_slots{pool="${name}"})`;
  return `avg_over_time((${slots})[${String(seconds)}s:${String(SCRAPE_SECONDS)}s])`;
}

function triggersOf(pool: PoolDescription, backlog: Backlog | undefined): readonly Fields[] {
  const { name, scaling } = pool;
  return [
    {
      type: 'external-push',
      name: 'demand',
      metricType: 'AverageValue',
      metadata: { scalerAddress: addressOf('scaler', PORTS.scaler), pool: name },
      authenticationRef: { name: SCALER_AUTHENTICATION },
    },
    {
      type: 'prometheus',
      name: 'gauges',
      metricType: 'AverageValue',
      // No data is an error, never "nothing is asked".
      metadata: {
        serverAddress: PROMETHEUS,
        query: demandQuery(pool),
        threshold: targetOf(scaling),
        ignoreNullValues: 'false',
      },
    },
    ...scaling.floors.map((floor, index) => ({
      type: 'cron',
      name: `floor-${String(index + 1)}`,
      metadata: { timezone: floor.timeZone, ...cronHours(floor), desiredReplicas: String(floor.replicas) },
    })),
    ...(backlog === undefined
      ? []
      : [
          {
            type: 'kafka',
            name: 'backlog',
            metadata: {
              bootstrapServers: KAFKA,
              topic: backlog.topic,
              consumerGroup: backlog.consumerGroup,
              lagThreshold: String(backlog.messagesPerReplica),
              offsetResetPolicy: 'earliest',
              tls: 'enable',
            },
            authenticationRef: { name: 'kafka' },
          },
        ]),
  ];
}

const POLL_SECONDS = 10;

/** How KEDA follows a pool. Its own cool-down is the policy's, so that the last replica goes when the decision function says so. */
export function scaledObject(pool: PoolDescription, backlog?: Backlog): Manifest {
  const { name, scaling, startupMs } = pool;
  const component = poolComponent(name);
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: component, namespace: NAMESPACE, labels: labelsOf(component) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: component },
      pollingInterval: POLL_SECONDS,
      cooldownPeriod: secondsOf(scaling.cooldownMs),
      // The first load of a new pool must not be killed because nobody has asked yet.
      initialCooldownPeriod: Math.max(secondsOf(startupMs), 120),
      minReplicaCount: scaling.minReplicas,
      maxReplicaCount: scaling.maxReplicas,
      fallback: {
        failureThreshold: 3,
        replicas: Math.max(1, scaling.minReplicas),
        behavior: 'currentReplicasIfHigher',
      },
      advanced: {
        restoreToOriginalReplicaCount: false,
        horizontalPodAutoscalerConfig: { behavior: { scaleUp: rules(scaling.up), scaleDown: rules(scaling.down) } },
      },
      triggers: triggersOf(pool, backlog),
    },
  };
}
