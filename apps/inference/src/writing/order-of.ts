import type { Decoded, Finding, GenerationResult } from '@medserve/clinical';
import type { GenerationOrder } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { decodeFrame, decodeRequest } from '@medserve/rpc';
import { taskOf } from '@medserve/serving';
import type { LoadedWriter } from './open-generator';

/** A request as the generator takes it, and what becomes of its answer. */
export interface PreparedOrder {
  readonly order: GenerationOrder;
  readonly task: string;
  /** Of a typed task: what is read in the answer. */
  readonly read: ((result: GenerationResult) => Finding) | undefined;
}

function checkPixels({ manifest }: LoadedWriter['modelPackage'], images: readonly Decoded[]): void {
  const { maxPixels } = manifest.limits;
  if (maxPixels === undefined) return;
  for (const image of images) {
    const pixels = image.kind === 'picture' ? image.width * image.height : image.slices * image.rows * image.columns;
    if (pixels <= maxPixels) continue;
    throw new ServingError('too_large', 'The image has more pixels than the model takes.', {
      limit: `pixels: ${String(maxPixels)}`,
    });
  }
}

/**
 * From a request frame to what the generator takes: a conversation as it is, an image by the prompt of its task.
 *
 * @throws ServingError `invalid_request` for what the caller sent, `too_large`; `task_not_available` for a task that the package
 *   has no prompt for, or an input that is neither
 */
export function orderOf({ modelPackage, writing }: LoadedWriter, frame: Uint8Array): PreparedOrder {
  const request = decodeRequest(decodeFrame(frame));
  const { id, tenant, affinityKey, input } = request;
  const task = taskOf(modelPackage.manifest.serves, request) ?? request.task ?? '';
  switch (input.kind) {
    case 'generation': {
      checkPixels(modelPackage, input.images);
      return {
        order: { id, tenant, affinityKey, request: input.request, images: input.images },
        task,
        read: undefined,
      };
    }
    case 'decoded': {
      const { decoded } = input;
      const typed = writing.tasks.get(task);
      if (!typed) {
        throw new ServingError(
          'task_not_available',
          'The model takes conversations, and has no prompt for this task.',
          {
            field: 'task',
          },
        );
      }
      checkPixels(modelPackage, [decoded]);
      const asked = typed.ask(request, decoded);
      return {
        order: { id, tenant, affinityKey, request: asked, images: [decoded] },
        task,
        read: (result) => typed.read(request, decoded, result),
      };
    }
    case 'tensors':
    case 'texts':
      throw new ServingError('task_not_available', 'This model writes: it takes a conversation or an image.', {
        field: 'model',
      });
  }
}
