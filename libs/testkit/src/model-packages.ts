import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

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

export interface TestTritonModel {
  readonly name: string;
  readonly versions: Readonly<Record<string, Buffer>>;
  /** Text of `config.pbtxt`. */
  readonly config?: string;
  /** Further files, by their path in the model's folder. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** Writes a model in Triton's layout below `repository`; gives back its folder. */
export async function writeTritonModel(
  repository: string,
  { name, versions, config, files = {} }: TestTritonModel,
): Promise<string> {
  const folder = join(repository, name);
  const all: Record<string, string | Buffer> = {
    ...Object.fromEntries(Object.entries(versions).map(([version, onnx]) => [`${version}/model.onnx`, onnx])),
    ...(config === undefined ? {} : { 'config.pbtxt': config }),
    ...files,
  };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}
