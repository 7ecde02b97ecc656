import { z } from 'zod';
import { broken } from '../broken';
import type { TensorSpec } from '../engine';

const tensor = z.looseObject({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.coerce.number().int()).catch([]),
});

/** `GET /v2/models/M`: what a server says that the model takes and gives; KServe's own server says nothing about most. */
export const metadataSchema = z.looseObject({
  inputs: z.array(tensor).max(1_024).catch([]),
  outputs: z.array(tensor).max(1_024).catch([]),
});

export type ModelMetadata = z.infer<typeof metadataSchema>;

const textOf = ({ datatype, shape }: { datatype: string; shape: readonly number[] }): string =>
  `${datatype} [${shape.join(', ')}]`;

/** Whether whatever the package lets in, the server takes: a size is the same, or free there. */
const takes = (there: readonly number[], here: readonly number[]): boolean =>
  there.length === here.length && there.every((size, axis) => size < 0 || size === here[axis]);

function compareSide(
  side: 'inputs' | 'outputs',
  here: readonly TensorSpec[],
  there: ModelMetadata['inputs'],
): string | undefined {
  // The package may leave outputs out, but what is fed has to be all that there is to be fed.
  const unnamed = side === 'inputs' ? there.find(({ name }) => !here.some((one) => one.name === name)) : undefined;
  if (unnamed) return `the servers' model also takes "${unnamed.name}"`;
  for (const spec of here) {
    const found = there.find(({ name }) => name === spec.name);
    if (!found) return `the servers' model has no "${spec.name}"`;
    if (found.datatype !== spec.datatype || !takes(found.shape, spec.shape)) {
      return `"${spec.name}" is ${textOf(found)} there and ${textOf(spec)} here`;
    }
  }
  return undefined;
}

/** @throws ServingError `model_broken` saying where package and servers differ */
export function checkMetadata(
  here: { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] },
  there: ModelMetadata,
): void {
  if (there.inputs.length === 0 && there.outputs.length === 0) return;
  for (const side of ['inputs', 'outputs'] as const) {
    const difference = compareSide(side, here[side], there[side]);
    if (difference !== undefined) throw broken(`pool.${side} is not what the servers of the pool say: ${difference}.`);
  }
}
