import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface TestPackage {
  readonly name: string;
  /** Default '1'. */
  readonly version?: string;
  readonly onnx: Buffer;
  /** Further lines of `model.yaml`, such as serves, inputs and read; without them the package takes tensors only. */
  readonly lines?: readonly string[];
}

/** Writes a whole model package below `repository`; gives back its folder. */
export async function writeModelPackage(
  repository: string,
  { name, version = '1', onnx, lines = [] }: TestPackage,
): Promise<string> {
  const folder = join(repository, name, version);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), onnx);
  const manifest = [
    'format: medserve.model/1',
    `name: ${name}`,
    `version: '${version}'`,
    `title: Test model ${name}`,
    'engine: onnx',
    'intendedUse: Tests.',
    'notFor: Patients.',
    'licence: Apache-2.0',
    ...lines,
    `files: [{ path: model.onnx, sha256: ${createHash('sha256').update(onnx).digest('hex')} }]`,
  ];
  await writeFile(join(folder, 'model.yaml'), `${manifest.join('\n')}\n`);
  return folder;
}
