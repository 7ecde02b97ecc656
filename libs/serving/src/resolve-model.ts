import type { ServingState } from './routing/candidate';

/** A task that a model does for a modality. `default` marks what answers when a request names less. */
export interface ServedTask {
  readonly task: string;
  readonly modality: string;
  readonly default: boolean;
}

/** What routing has to know of one version of a model. */
export interface ServedModel {
  readonly name: string;
  /** An integer as text. */
  readonly version: string;
  readonly serves: readonly ServedTask[];
  readonly state: ServingState;
}

export interface Wanted {
  readonly task?: string | undefined;
  readonly modality?: string | undefined;
  readonly model?: { readonly name: string; readonly version?: string | undefined } | undefined;
}

/** Which version of a model its bare name stands for, where somebody chose one. */
export type DefaultVersions = ReadonlyMap<string, string>;

const NOTHING_CHOSEN: DefaultVersions = new Map();

export type Resolution<M extends ServedModel> =
  | { readonly kind: 'resolved'; readonly model: M; readonly task: string }
  | { readonly kind: 'refused'; readonly reason: 'model_not_found' | 'task_not_found' | 'task_not_available' }
  /** There is a model, and it is not served: the newest that would have answered. */
  | { readonly kind: 'refused'; readonly reason: 'model_broken' | 'model_unloaded'; readonly model: M };

const refused = (reason: 'model_not_found' | 'task_not_found' | 'task_not_available') =>
  ({ kind: 'refused', reason }) as const;

const notServed = <M extends ServedModel>(model: M) =>
  ({ kind: 'refused', reason: model.state === 'unloaded' ? 'model_unloaded' : 'model_broken', model }) as const;

const isServed = ({ state }: ServedModel) => state !== 'broken' && state !== 'unloaded';

/**
 * The task that a model does for a request: the one named, or the model's default for the modality, or its first for it.
 * Router and model host ask the same question and get the same answer.
 *
 * @returns `undefined` when the model does not do what was named.
 */
export function taskOf(
  serves: readonly ServedTask[],
  { task, modality }: Pick<Wanted, 'task' | 'modality'>,
): string | undefined {
  const fitting = serves.filter(
    (serve) => (task === undefined || serve.task === task) && (modality === undefined || serve.modality === modality),
  );
  return (fitting.find((serve) => serve.default) ?? fitting[0])?.task;
}

/** Newest first; names decide between models, so that the order never depends on which pod was heard first. */
const byVersion = (a: ServedModel, b: ServedModel) =>
  Number(b.version) - Number(a.version) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const isDefaultFor = (model: ServedModel, task: string | undefined, modality: string | undefined) =>
  model.serves.some(
    (serve) =>
      serve.default &&
      (task === undefined || serve.task === task) &&
      (modality === undefined || serve.modality === modality),
  );

/**
 * What a bare name stands for: the version that was chosen, and as long as that cannot be served the newest that can.
 *
 * @param versions of one model, newest first
 * @returns `undefined` when none is served
 */
export const standsFor = <M extends ServedModel>(versions: readonly M[], defaults: DefaultVersions): M | undefined => {
  const served = versions.filter(isServed);
  return served.find(({ name, version }) => defaults.get(name) === version) ?? served[0];
};

function resolveNamed<M extends ServedModel>(
  catalogue: readonly M[],
  wanted: Wanted,
  name: string,
  defaults: DefaultVersions,
): Resolution<M> {
  const version = wanted.model?.version;
  const versions = catalogue.filter((model) => model.name === name).sort(byVersion);
  const candidates = version === undefined ? versions : versions.filter((model) => model.version === version);
  const [newest] = candidates;
  if (!newest) return refused('model_not_found');
  const model = standsFor(candidates, defaults);
  if (!model) return notServed(newest);
  const task = taskOf(model.serves, wanted);
  if (task !== undefined) return { kind: 'resolved', model, task };
  // A model that serves no task takes tensors only: there is nothing to name but itself.
  if (model.serves.length === 0 && wanted.task === undefined) return { kind: 'resolved', model, task: '' };
  const known =
    wanted.task === undefined || catalogue.some(({ serves }) => serves.some((serve) => serve.task === wanted.task));
  return refused(known ? 'task_not_available' : 'task_not_found');
}

/**
 * Which model answers, and with which task. A named model: the version named, or the one its bare name stands for. None named: the
 * latest of those that call themselves the default for what the request names, else the latest that can do it; of that model the
 * version that was chosen, where it can do it too. What is broken or unloaded is passed over while there is another.
 */
export function resolveModel<M extends ServedModel>(
  catalogue: readonly M[],
  wanted: Wanted,
  defaults: DefaultVersions = NOTHING_CHOSEN,
): Resolution<M> {
  const { task, modality, model: named } = wanted;
  if (named) return resolveNamed(catalogue, wanted, named.name, defaults);
  if (task !== undefined && !catalogue.some(({ serves }) => serves.some((serve) => serve.task === task))) {
    return refused('task_not_found');
  }
  const able = catalogue.filter(({ serves }) => taskOf(serves, { task, modality }) !== undefined).sort(byVersion);
  const [newest] = able;
  if (!newest) return refused('task_not_available');
  const served = able.filter(isServed);
  const first = served.find((candidate) => isDefaultFor(candidate, task, modality)) ?? served[0];
  if (!first) return notServed(newest);
  const isChosen = ({ name, version }: M) => name === first.name && version === defaults.get(name);
  const model = served.find(isChosen) ?? first;
  const done = taskOf(model.serves, { task, modality });
  return done === undefined ? notServed(newest) : { kind: 'resolved', model, task: done };
}
