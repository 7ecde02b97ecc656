import type { Decoded, Picture } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';

/**
 * The picture that a step for pictures works on.
 *
 * @throws ServingError `unreadable_image` when the request brought a volume: nothing here picks a slice on its own.
 */
export function needPicture(image: Decoded): Picture {
  if (image.kind === 'picture') return image;
  throw new ServingError('unreadable_image', 'The model takes a single image, but a volume was sent.', {
    remedy: 'Send one image of the series, or ask for a task that takes the volume; GET /v1/models lists them.',
  });
}
