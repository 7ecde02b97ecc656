import { createHash } from 'node:crypto';
import type { Decoded } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { InferenceSession } from 'onnxruntime-node';
import type { Eyes } from '../../generation/generator';
import type { Ort } from '../load-ort';
import { toOrt } from '../ort-tensor';
import type { ByteCache } from './byte-cache';

/** Key of an image within a scope: its decoded samples and what its header says, as the recipe may use either. */
export function imageKey(scope: string, image: Decoded): string {
  const { samples, ...header } = image;
  return createHash('sha256')
    .update(scope)
    .update(JSON.stringify(header))
    .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    .digest('base64');
}

/** FP32 [images, tokens, width] */
export const FEATURES = 'image_features';

export interface ImageEncoderParts {
  readonly session: InferenceSession;
  /** Its input. */
  readonly tensor: string;
  /** Positions of one image in a prompt, and numbers of one position. */
  readonly tokens: number;
  readonly width: number;
}

/** Turns images into features, each image once while its features are kept. */
export class ImageEncoder {
  hits = 0;
  misses = 0;

  constructor(
    private readonly ort: Ort,
    private readonly eyes: Eyes,
    private readonly parts: ImageEncoderParts,
    private readonly kept: ByteCache<Float32Array>,
  ) {}

  /** Features that are kept. */
  find(key: string): Float32Array | undefined {
    const found = this.kept.get(key);
    if (found) this.hits += 1;
    return found;
  }

  /** [tokens, width] of an image. @throws ServingError `too_large`, `invalid_request`, `inference_failed` */
  async encode(key: string, image: Decoded): Promise<Float32Array> {
    this.misses += 1;
    const { session, tensor, tokens, width } = this.parts;
    const seen = this.eyes.tensorOf?.(image);
    if (!seen) throw new ServingError('invalid_request', 'This model sees no images.', { field: 'messages' });
    const results = await session.run({ [tensor]: toOrt(this.ort, seen) }, [FEATURES]).catch((error: unknown) => {
      throw new ServingError('inference_failed', 'The model failed on this image.', { cause: error });
    });
    const features = results[FEATURES]?.data;
    if (!(features instanceof Float32Array) || features.length !== tokens * width) {
      throw new ServingError('inference_failed', 'The model saw another number of positions than its package says.');
    }
    this.kept.set(key, features, features.byteLength);
    return features;
  }

  close(): Promise<void> {
    return this.parts.session.release();
  }
}
