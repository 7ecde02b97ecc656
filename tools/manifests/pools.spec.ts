import { parseFleet, type PoolDescription } from '@medserve/fleet';
import { cronHours } from '../../deploy/k8s/src/pools/cron';
import { acceleratorOf } from '../../deploy/k8s/src/pools/accelerators';
import { poolManifests } from '../../deploy/k8s/src/pools/pool';
import { scaledObject } from '../../deploy/k8s/src/pools/scaled-object';
import { problemsOf } from './documents.mjs';

type Described = Parameters<typeof cronHours>[0];

const floor = (days: Described['days'], fromMinute: number, toMinute: number): Described => ({
  days,
  fromMinute,
  toMinute,
  timeZone: 'Europe/Berlin',
  replicas: 1,
});

const pool = (more = ''): PoolDescription => {
  const [only] = parseFleet(
    `version: 1\npools: [{ name: scans, models: ['ct-tissue:1'], pods: ['dns:pool-scans:8083'], slots: 8 ${more} }]`,
  );
  return only!;
};

// oxlint-disable-next-line typescript/no-explicit-any
const specOf = (manifest: any): any => manifest.spec;
const manifestsOf = (more = '') =>
  poolManifests(pool(more), { packageText: () => 'format: medserve.model/1\n' }) as unknown as { kind: string }[];

describe('hours of the clinic in the words of cron', () => {
  it.each([
    ['on weekdays', floor(['mon', 'tue', 'wed', 'thu', 'fri'], 450, 1_080), '30 7 * * 1,2,3,4,5', '0 18 * * 1,2,3,4,5'],
    ['on Sunday, which is 0 there', floor(['sun'], 480, 540), '0 8 * * 0', '0 9 * * 0'],
    ['every day', floor(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 0, 60), '0 0 * * *', '0 1 * * *'],
    ['over midnight, ending a day later', floor(['sat', 'sun'], 1_320, 360), '0 22 * * 0,6', '0 6 * * 0,1'],
    ['of a whole day, ending where the next begins', floor(['mon'], 0, 0), '0 0 * * 1', '0 0 * * 2'],
  ])('%s', (_when, hours, start, end) => {
    expect(cronHours(hours)).toEqual({ start, end });
  });

  it('are refused when they never end', () => {
    const always = floor(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 0, 0);
    expect(() => cronHours(always)).toThrow('replicas.min');
  });
});

describe('the ScaledObject of a pool', () => {
  it('divides demand by what a replica is meant to have, and asks the scaler first', () => {
    const [push, gauges] = specOf(scaledObject(pool(', targetUtilization: 0.7'))).triggers;
    expect(push).toMatchObject({ type: 'external-push', metadata: { pool: 'scans' } });
    expect(gauges).toMatchObject({ type: 'prometheus', metadata: { threshold: '5.6', ignoreNullValues: 'false' } });
  });

  it('goes up and down as the policy says, leaving out steps that it does not have', () => {
    const pace = ', up: { stabilizationSeconds: 30, replicas: 1, share: 0, periodSeconds: 60 }';
    const back = ', down: { stabilizationSeconds: 600, replicas: 2, share: 0.25, periodSeconds: 120 }';
    const { scaleUp, scaleDown } = specOf(scaledObject(pool(pace + back))).advanced.horizontalPodAutoscalerConfig
      .behavior;
    expect(scaleUp).toEqual({
      stabilizationWindowSeconds: 30,
      tolerance: '0',
      selectPolicy: 'Max',
      policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
    });
    expect(scaleDown).toEqual({
      stabilizationWindowSeconds: 600,
      tolerance: '0',
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 2, periodSeconds: 120 },
        { type: 'Percent', value: 25, periodSeconds: 120 },
      ],
    });
  });

  it('does not move at all by steps that are none', () => {
    const { scaleDown } = specOf(scaledObject(pool(', down: { replicas: 0, share: 0 }'))).advanced
      .horizontalPodAutoscalerConfig.behavior;
    expect(scaleDown).toMatchObject({ selectPolicy: 'Disabled' });
    expect(scaleDown).not.toHaveProperty('policies');
  });

  it.each(['stabilizationSeconds: 3601', 'periodSeconds: 1801'])(
    'is refused with %s, which the autoscaler would not take',
    (pace) => {
      expect(() => scaledObject(pool(`, up: { ${pace} }`))).toThrow('3600 s and a period of 1800 s');
    },
  );

  it('asks Prometheus for the mean of the window that the scaler decides by, which one burst does not outbid', () => {
    const { query } = specOf(scaledObject(pool(', stableWindowSeconds: 300'))).triggers[1].metadata;
    expect(query).toBe(
      'avg_over_time((sum(medserve_pool_queued_slots{pool="scans"}) + sum(medserve_pool_running_slots{pool="scans"}))[300s:15s])',
    );
  });

  it('never asks for fewer replicas than there are when demand cannot be read', () => {
    expect(specOf(scaledObject(pool())).fallback).toEqual({
      failureThreshold: 3,
      replicas: 1,
      behavior: 'currentReplicasIfHigher',
    });
  });

  it('counts the backlog of a pool that fetches from a topic, over TLS', () => {
    const backlog = { topic: 'studies', consumerGroup: 'scans', messagesPerReplica: 50 };
    const made = scaledObject(pool(), backlog);
    expect(problemsOf(made)).toEqual([]);
    expect(specOf(made).triggers.at(-1)).toMatchObject({
      type: 'kafka',
      metadata: { topic: 'studies', lagThreshold: '50', tls: 'enable' },
      authenticationRef: { name: 'kafka' },
    });
  });

  it('keeps the first load of a new pool at least as long as it may take', () => {
    expect(specOf(scaledObject(pool(', startupSeconds: 600'))).initialCooldownPeriod).toBe(600);
  });
});

describe('a pool in a cluster', () => {
  it('is all that it needs, each fitting its schema', () => {
    const all = manifestsOf();
    expect(all.map(({ kind }) => kind).sort()).toEqual(
      [
        'Deployment',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'PodMonitor',
        'ScaledObject',
        'Service',
        'ServiceAccount',
      ].sort(),
    );
    expect(all.flatMap(problemsOf)).toEqual([]);
  });

  it('leaves the number of its replicas to the autoscaler, whatever is applied again', () => {
    expect(specOf(manifestsOf().find(({ kind }) => kind === 'Deployment'))).not.toHaveProperty('replicas');
  });

  it.each([
    ['its kind says them', ', kind: encoder', 60],
    ['the pool says them', ', drain: { settleSeconds: 10, drainSeconds: 100 }', 125],
  ])('may end for settle, drain and 15 s, as %s', (_kind, more, seconds) => {
    const { spec } = specOf(manifestsOf(more).find(({ kind }) => kind === 'Deployment')).template;
    expect(spec.terminationGracePeriodSeconds).toBe(seconds);
    const value = (name: string): number =>
      Number(spec.containers[0].env.find((one: { name: string }) => one.name === name).value);
    expect(value('MEDSERVE_DRAIN_SETTLE_MS') + value('MEDSERVE_DRAIN_MS') + 15_000).toBe(1_000 * seconds);
  });

  it('is not ended by its own start probe before its models may be loaded', () => {
    const { spec } = specOf(manifestsOf(', startupSeconds: 599').find(({ kind }) => kind === 'Deployment')).template;
    const { failureThreshold, periodSeconds } = spec.containers[0].startupProbe;
    expect(failureThreshold * periodSeconds).toBeGreaterThanOrEqual(599);
  });

  it('is no target that is down while a server beside the agent loads its model', () => {
    const [endpoint] = specOf(manifestsOf().find(({ kind }) => kind === 'PodMonitor')).podMetricsEndpoints;
    expect(endpoint.relabelings).toContainEqual({
      action: 'keep',
      sourceLabels: ['__meta_kubernetes_pod_phase'],
      regex: 'Running',
    });
  });

  it('takes a whole GPU on no node that shares its GPUs', () => {
    const { nodeSelector } = acceleratorOf('gpu')!.scheduling as { nodeSelector: Record<string, string> };
    expect(nodeSelector['nvidia.com/gpu.sharing-strategy']).toBe('none');
  });

  it('has to say which packages its pods are to have', () => {
    const [whatever] = parseFleet(`version: 1\npools: [{ name: all, models: ['*'], pods: ['dns:p:8083'], slots: 8 }]`);
    expect(() => poolManifests(whatever!, { packageText: () => '' })).toThrow('names its models');
  });

  it('has no accelerator without a server that takes it', () => {
    expect(() => manifestsOf(', accelerator: gpu')).toThrow('an accelerator is taken by a server');
    expect(() => acceleratorOf('abacus')).toThrow('there are: cpu, gpu, mig-3g-40gb, mps-quarter');
  });
});
