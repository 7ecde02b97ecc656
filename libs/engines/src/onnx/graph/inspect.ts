import { join, posix } from 'node:path';
import { broken } from '../../broken';
import type { DeclaredTensor, Signature } from '../../engine';
import { stampFile } from '../../package-files';
import { datatypeOfElement } from '../datatypes';
import { isAllowed } from './allowed-operators';
import type { ExternalData, GraphValue } from './graph-summary';
import { readGraph } from './read-graph';

/** Weights beyond that lie in external data; ONNX Runtime reads the whole graph file into memory. */
const MAX_MODEL_BYTES = 512 * 2 ** 20;

function declared({ elementType, ...value }: GraphValue, side: string): DeclaredTensor {
  if (elementType === undefined) throw broken(`The ${side} "${value.name}" of the model is no tensor.`);
  const datatype = datatypeOfElement(elementType);
  if (typeof datatype === 'string') return { ...value, datatype };
  throw broken(
    `The ${side} "${value.name}" of the model is of the type ${datatype.refused}, which is not served here.`,
  );
}

/** @throws ServingError `model_broken` unless every piece lies whole in a plain file in the folder of the model */
async function checkExternal(
  root: string,
  folder: string,
  external: readonly ExternalData[],
): Promise<readonly string[]> {
  const sizes = new Map<string, number>();
  for (const { tensor, location, offset, length } of external) {
    if (!/^[^/\\:\p{C}]{1,255}$/u.test(location) || location.startsWith('.')) {
      throw broken(`The tensor "${tensor}" has its data outside the folder of the model.`);
    }
    const path = posix.join(folder, location);
    const size = sizes.get(path) ?? (await stampFile(root, path)).size;
    sizes.set(path, size);
    if (offset > size || (length !== undefined && offset + length > size)) {
      throw broken(`The tensor "${tensor}" has its data beyond the end of ${path}.`);
    }
  }
  return [...sizes.keys()];
}

/**
 * What an ONNX file takes, gives and needs, without loading it: its operators are allowed, its size, nodes and nesting bounded, and
 * its external data lie beside it.
 *
 * @throws ServingError `model_broken`
 */
export async function inspect(root: string, modelFile: string): Promise<Signature> {
  const { size } = await stampFile(root, modelFile);
  if (size > MAX_MODEL_BYTES) throw broken(`${modelFile} is larger than 512 MiB; put its weights into external data.`);
  const graph = readGraph(join(root, modelFile));
  const unknown = graph.operators.find((operator) => !isAllowed(operator));
  if (unknown) {
    const { domain, name } = unknown;
    throw broken(`The model uses the operator ${domain === '' ? '' : `${domain}.`}${name}, which is not allowed here.`);
  }
  const inputs = graph.inputs.map((value) => declared(value, 'input'));
  const outputs = graph.outputs.map((value) => declared(value, 'output'));
  if (outputs.length === 0) throw broken('The model has no output.');
  const external = await checkExternal(root, posix.dirname(modelFile), graph.external);
  return { inputs, outputs, external };
}
