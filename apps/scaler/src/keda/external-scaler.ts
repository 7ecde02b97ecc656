import type {
  ExternalScalerServer,
  GetMetricSpecResponse,
  GetMetricsRequest,
  GetMetricsResponse,
  IsActiveResponse,
  ScaledObjectRef,
} from '@medserve/contracts/keda';
import { ServingError } from '@medserve/errors';
import type { ScalingPolicy } from '@medserve/serving';
import { streamMethod, unaryMethod } from '@medserve/rpc';
import type { Clock } from '../clock';
import type { Decisions, PoolState } from '../decisions/decisions';
import { follow } from './follow';
import { figureFor, METRIC_NAME, targetOf } from './figures';
import { poolOfTrigger } from './pool-of-trigger';
import { PushSchedule } from './push-schedule';

export type KedaMethod = 'IsActive' | 'StreamIsActive' | 'GetMetricSpec' | 'GetMetrics' | 'StreamMetricSpec';

export interface KedaObserver {
  readonly onPush: (pool: string) => void;
  readonly onCall: (method: KedaMethod, outcome: 'ok' | 'failed') => void;
}

export interface ExternalScalerOptions {
  readonly decisions: Decisions;
  readonly clock: Clock;
  /** How often a pool that is asked for something and has nothing to serve it is told of again, in milliseconds. */
  readonly repeatMs: number;
  readonly observer: KedaObserver;
  /** Aborted when the server closes: streams then end well. An error would have KEDA wait for up to a minute before the next. */
  readonly closing: AbortSignal;
}

/**
 * KEDA's ExternalScaler (pkg/scalers/external_scaler.go of KEDA 2.21). What is not known is an error, of which KEDA makes nothing:
 * replicas stay. The target comes from the description of the fleet alone and is always known, for without it KEDA does not get as
 * far as the fallback.
 */
export function externalScaler(options: ExternalScalerOptions): ExternalScalerServer {
  const { decisions, clock, repeatMs, observer, closing } = options;
  const poolOf = (ref: ScaledObjectRef | undefined): PoolState => poolOfTrigger(ref, (name) => decisions.get(name));

  /** Counts how calls end. */
  const told = async <Result>(method: KedaMethod, work: () => Result | Promise<Result>): Promise<Result> => {
    try {
      const result = await work();
      observer.onCall(method, 'ok');
      return result;
    } catch (error) {
      observer.onCall(method, 'failed');
      throw error;
    }
  };

  return {
    isActive: unaryMethod<ScaledObjectRef, IsActiveResponse>((ref) =>
      told('IsActive', () => {
        const state = poolOf(ref);
        decisions.decisionOf(state);
        return { result: state.isActive };
      }),
    ),

    getMetricSpec: unaryMethod<ScaledObjectRef, GetMetricSpecResponse>((ref) =>
      told('GetMetricSpec', () => specOf(poolOf(ref).description.scaling)),
    ),

    getMetrics: unaryMethod<GetMetricsRequest, GetMetricsResponse>(({ scaledObjectRef, metricName }) =>
      told('GetMetrics', () => {
        if (metricName !== METRIC_NAME)
          throw new ServingError('invalid_request', `The one metric of a pool is ${METRIC_NAME}.`, {
            field: 'metricName',
          });
        const state = poolOf(scaledObjectRef);
        const { whole, float } = figureFor(state.description.scaling, decisions.decisionOf(state).replicas);
        return { metricValues: [{ metricName: METRIC_NAME, metricValue: whole, metricValueFloat: float }] };
      }),
    ),

    streamIsActive: streamMethod<ScaledObjectRef, IsActiveResponse>((ref, send, { signal }) =>
      told('StreamIsActive', async () => {
        const schedule = new PushSchedule(repeatMs);
        await follow(decisions, AbortSignal.any([signal, closing]), async () => {
          const { decision, figures, description, isActive } = poolOf(ref);
          if (!decision) return;
          const result = schedule.next({ isActive, isServed: figures.readyReplicas > 0 }, clock.now());
          if (result === undefined) return;
          if (result) observer.onPush(description.name);
          await send({ result });
        });
      }),
    ),

    streamMetricSpec: streamMethod<ScaledObjectRef, GetMetricSpecResponse>((ref, send, { signal }) =>
      told('StreamMetricSpec', async () => {
        let sent: number | undefined;
        await follow(decisions, AbortSignal.any([signal, closing]), async () => {
          const { scaling } = poolOf(ref).description;
          const { float } = targetOf(scaling);
          if (float === sent) return;
          sent = float;
          await send(specOf(scaling));
        });
      }),
    ),
  };
}

function specOf(policy: ScalingPolicy): GetMetricSpecResponse {
  const { whole, float } = targetOf(policy);
  return { metricSpecs: [{ metricName: METRIC_NAME, targetSize: whole, targetSizeFloat: float }] };
}
