import type { Decoded, Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';

/**
 * The volume that a step for volumes works on.
 *
 * @throws ServingError `unreadable_image` when the request brought a single image.
 */
export function needVolume(image: Decoded): Volume {
  if (image.kind === 'volume') return image;
  throw new ServingError('unreadable_image', 'The model takes a volume, but a single image was sent.', {
    remedy: 'Send all slices of the series in one request, or a NIfTI volume.',
  });
}
