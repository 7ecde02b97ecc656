import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { callJson } from '../api';
import type { ModelChange } from './model-change';
import type { ListedModel, ModelDefault, ModelDetails } from './model-types';

/** States change by themselves: a request loads a model, and idleness unloads it. */
const LOOK_EVERY_MS = 3_000;
const MODELS = 'models';
const MODEL = 'model';

export const useModels = (): UseQueryResult<readonly ListedModel[]> =>
  useQuery({
    queryKey: [MODELS],
    queryFn: async ({ signal }) =>
      (await callJson<{ readonly models: readonly ListedModel[] }>('/v1/models', { signal })).models,
    refetchInterval: LOOK_EVERY_MS,
  });

/** @param name as it stands in the address; what follows a colon is a version */
export const useModel = (name: string): UseQueryResult<ModelDetails> =>
  useQuery({
    queryKey: [MODEL, name],
    queryFn: ({ signal }) => callJson<ModelDetails>(`/v1/models/${encodeURIComponent(name)}`, { signal }),
    refetchInterval: LOOK_EVERY_MS,
  });

async function make(change: ModelChange): Promise<ModelDefault | undefined> {
  const path = encodeURIComponent(change.model);
  switch (change.kind) {
    case 'load':
    case 'unload':
      await callJson(`/v2/repository/models/${path}/${change.kind}`, { method: 'POST', json: {} });
      return undefined;
    case 'choose': {
      const { version, expected } = change;
      return callJson(`/v1/models/${path}/default`, { method: 'PUT', json: { version, expected } });
    }
    case 'back':
      return callJson(`/v1/models/${path}/default/back`, { method: 'POST', json: { expected: change.expected } });
  }
}

/** Changes what is served; whatever came of it, the page looks again. */
export function useModelChange(): UseMutationResult<ModelDefault | undefined, unknown, ModelChange> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: make,
    onSettled: () => Promise.all([MODELS, MODEL].map((queried) => client.invalidateQueries({ queryKey: [queried] }))),
  });
}
