import type { Manifest } from '../manifest/manifest';
import type { FileStamp } from '../package-files';
import type { PackageRef } from './package-ref';
import type { ServingConfig } from './serving-config';

/** One version of a model, checked, of either layout. Plain data. */
export interface ModelPackage {
  readonly ref: PackageRef;
  /** Absolute. */
  readonly folder: string;
  /** Of a Triton layout: what its configuration says, in the words of a manifest. */
  readonly manifest: Manifest;
  /** Relative to the folder: the file that the engine loads. */
  readonly modelFile: string;
  /** Relative to the folder: the same model optimised for this machine, where the package has it. */
  readonly optimisedFile?: string | undefined;
  readonly serving: ServingConfig;
  /** `sha256:` and the SHA-256 of the sorted lines `<sha256>  <path>\n` of every file that is used, `model.yaml` or `config.pbtxt` among them. */
  readonly digest: string;
  /** Every file that was hashed. */
  readonly stamps: readonly FileStamp[];
}

/** What a package was when it was read before: whole, or as much as spares hashing its files again. */
export type KnownPackage = ModelPackage | Pick<ModelPackage, 'digest' | 'stamps'>;
