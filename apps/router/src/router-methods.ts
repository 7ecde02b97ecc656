import type {
  GetModelCardRequest,
  LoadModelRequest,
  UnloadModelRequest,
  WakeModelRequest,
  WatchModelsRequest,
  WatchModelsResponse,
} from '@medserve/contracts';
import { toModel, toModelCard, unaryMethod, watchMethod, type CallContext } from '@medserve/rpc';
import { cardOf } from './card-of';
import type { Dispatcher } from './dispatcher';
import type { Fleet } from './fleet';
import type { Operator } from './operator';

/** An order without a deadline of its own gets this one: loading may mean reading gigabytes. */
const ORDER_DEADLINE_MS = 600_000;

const optionsOf = ({ deadlineAtMs, signal }: CallContext) => ({
  deadlineMs: Number.isFinite(deadlineAtMs) ? Math.max(1, deadlineAtMs - Date.now()) : ORDER_DEADLINE_MS,
  signal,
});

export const loadModel = (operator: Operator) =>
  unaryMethod(async ({ name, configJson, files }: LoadModelRequest, context) => {
    await operator.load({ name, configJson, files }, optionsOf(context));
    return {};
  });

export const unloadModel = (operator: Operator) =>
  unaryMethod(async ({ name }: UnloadModelRequest, context) => {
    await operator.unload(name, optionsOf(context));
    return {};
  });

export const wakeModel = (dispatcher: Dispatcher) =>
  unaryMethod(({ name, version }: WakeModelRequest) => {
    dispatcher.wake({ model: name, version, task: '', modality: '' });
    return {};
  });

export const getModelCard = (fleet: Fleet) =>
  unaryMethod(async (model: GetModelCardRequest, { signal }) => toModelCard(await cardOf(fleet, model, signal)));

export const listModels = (fleet: Fleet) =>
  unaryMethod(() => Promise.resolve({ models: fleet.catalogue.map(toModel) }));

export const watchModels = (fleet: Fleet, closing: AbortSignal) =>
  watchMethod<WatchModelsRequest, WatchModelsResponse>(
    {
      onChange: (listener) => fleet.onChange(listener),
      current: () =>
        fleet.known ? { models: fleet.catalogue.map(toModel), complete: fleet.complete, draining: false } : undefined,
    },
    closing,
  );
