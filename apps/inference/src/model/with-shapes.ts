import { elementCount, type AnyTensor } from '@medserve/clinical';
import type { ServedTensor, Session } from '@medserve/engines';
import { ServingError } from '@medserve/errors';

/** The shape by `to` of a tensor that has `actual` by `from`: free sizes are taken over in their order. */
function reshaped(actual: readonly number[], from: readonly number[], to: readonly number[]): readonly number[] {
  const free = actual.filter((_, axis) => (from[axis] ?? 0) < 0);
  let next = 0;
  return to.map((size) => (size < 0 ? (free[next++] ?? 0) : size));
}

/** The numbers stay as they lie: only what their axes are called changes. */
function withShape(tensor: AnyTensor, from: readonly number[], to: readonly number[]): AnyTensor {
  const shape = reshaped(tensor.shape, from, to);
  if (tensor.shape.length === from.length && elementCount(shape) === elementCount(tensor.shape)) {
    return { ...tensor, shape };
  }
  const [has, wanted] = [tensor.shape.join(', '), from.join(', ')];
  throw new ServingError(
    'inference_failed',
    `The model's tensor "${tensor.name}" has the shape [${has}], and its configuration says [${wanted}].`,
  );
}

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
  const reshapedOf = (served: readonly ServedTensor[]) =>
    new Map(served.flatMap(({ name, shape, modelShape }) => (modelShape ? [[name, { shape, modelShape }]] : [])));
  const taken = reshapedOf(inputs);
  const given = reshapedOf(outputs);
  if (taken.size + given.size === 0) return session;
  return {
    inputs: session.inputs.map((spec) => ({ ...spec, shape: taken.get(spec.name)?.shape ?? spec.shape })),
    outputs: session.outputs.map((spec) => ({ ...spec, shape: given.get(spec.name)?.shape ?? spec.shape })),
    async run(feeds, wanted) {
      const found = await session.run(
        feeds.map((feed) => {
          const known = taken.get(feed.name);
          return known ? withShape(feed, known.shape, known.modelShape) : feed;
        }),
        wanted,
      );
      return found.map((tensor) => {
        const known = given.get(tensor.name);
        return known ? withShape(tensor, known.modelShape, known.shape) : tensor;
      });
    },
    close: () => session.close(),
  };
}
