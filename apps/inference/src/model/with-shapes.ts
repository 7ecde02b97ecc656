import type { AnyTensor } from '@medserve/clinical';
import type { ServedTensor, Session } from '@medserve/engines';
import { ServingError } from '@medserve/errors';

type Reshaped = Pick<ServedTensor, 'shape'> & { readonly modelShape: readonly number[] };

/** The shape by `to` of a tensor that has `actual` by `from`: free sizes are taken over in their order. */
function reshaped(actual: readonly number[], from: readonly number[], to: readonly number[]): readonly number[] {
  const free = actual.filter((_, axis) => (from[axis] ?? 0) < 0);
  let next = 0;
  return to.map((size) => (size < 0 ? (free[next++] ?? 0) : size));
}

const fits = (actual: readonly number[], wanted: readonly number[]): boolean =>
  actual.length === wanted.length && wanted.every((size, axis) => size < 0 || size === actual[axis]);

/** The numbers stay as they lie: only what their axes are called changes. @param refuse says what is wrong with the tensor */
function withShape(
  tensor: AnyTensor,
  from: readonly number[],
  to: readonly number[],
  refuse: (has: string, wanted: string) => ServingError,
): AnyTensor {
  if (!fits(tensor.shape, from)) throw refuse(`[${tensor.shape.join(', ')}]`, `[${from.join(', ')}]`);
  return { ...tensor, shape: reshaped(tensor.shape, from, to) };
}

const taken = (feed: AnyTensor, { shape, modelShape }: Reshaped): AnyTensor =>
  withShape(
    feed,
    shape,
    modelShape,
    (has, wanted) =>
      new ServingError('invalid_request', `The input "${feed.name}" has the shape ${wanted}, not ${has}.`, {
        field: 'inputs',
      }),
  );

const given = (output: AnyTensor, { shape, modelShape }: Reshaped): AnyTensor =>
  withShape(
    output,
    modelShape,
    shape,
    (has, wanted) =>
      new ServingError(
        'inference_failed',
        `The model's output "${output.name}" has the shape ${has}, and its configuration says ${wanted}.`,
      ),
  );

/**
 * A session whose tensors have the shapes that callers see, where a configuration reshapes them
 * (triton-inference-server/server, docs/user_guide/model_configuration.md, "Reshape").
 *
 * @param tensors those that are served, both inputs and outputs.
 */
export function withShapes(
  session: Session,
  { inputs, outputs }: { readonly inputs: readonly ServedTensor[]; readonly outputs: readonly ServedTensor[] },
): Session {
  const reshapedOf = (served: readonly ServedTensor[]): ReadonlyMap<string, Reshaped> =>
    new Map(served.flatMap(({ name, shape, modelShape }) => (modelShape ? [[name, { shape, modelShape }]] : [])));
  const [takes, gives] = [reshapedOf(inputs), reshapedOf(outputs)];
  if (takes.size + gives.size === 0) return session;
  return {
    inputs: session.inputs.map((spec) => ({ ...spec, shape: takes.get(spec.name)?.shape ?? spec.shape })),
    outputs: session.outputs.map((spec) => ({ ...spec, shape: gives.get(spec.name)?.shape ?? spec.shape })),
    async run(feeds, wanted) {
      const found = await session.run(
        feeds.map((feed) => {
          const known = takes.get(feed.name);
          return known ? taken(feed, known) : feed;
        }),
        wanted,
      );
      return found.map((tensor) => {
        const known = gives.get(tensor.name);
        return known ? given(tensor, known) : tensor;
      });
    },
    close: () => session.close(),
  };
}
