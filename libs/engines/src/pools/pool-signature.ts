import { isDatatype } from '@medserve/clinical';
import { parse } from 'yaml';
import { broken } from '../broken';
import type { DeclaredTensor, Signature } from '../engine';
import { manifestSchema, type Manifest } from '../manifest/manifest';
import { readSmallFile } from '../package-files';

const MAX_MANIFEST_BYTES = 1 << 20;

type NamedPool = NonNullable<Manifest['pool']>;

function declared({ name, datatype, shape }: NamedPool['inputs'][number]): DeclaredTensor {
  if (!isDatatype(datatype)) {
    throw broken(`pool: the tensor "${name}" has the datatype ${datatype}, which is not served here.`);
  }
  if (shape.some((size) => size < -1)) throw broken(`pool: the shape of the tensor "${name}" has a size below -1.`);
  return { name, datatype, shape, firstDimension: '', freeDimensions: [] };
}

/** What a pool's model takes and gives, by the package: its servers are not asked. @throws ServingError `model_broken` */
export function signatureOfPool({ inputs, outputs }: NamedPool): Signature {
  return { inputs: inputs.map(declared), outputs: outputs.map(declared), external: [] };
}

/** Of the package whose `model.yaml` lies in `root`. @throws ServingError `model_broken` when it names no pool */
export async function poolInManifest(root: string, manifestFile: string): Promise<NamedPool> {
  const text = await readSmallFile(root, manifestFile, MAX_MANIFEST_BYTES);
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw broken(`${manifestFile} is no YAML that is read here.`, error);
  }
  const { data } = manifestSchema.safeParse(document);
  if (!data?.pool) throw broken(`${manifestFile} has to name the pool that runs the model: pool: { name, model }.`);
  return data.pool;
}
