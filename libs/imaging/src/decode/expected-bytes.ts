import { ServingError } from '@medserve/errors';
import { readJpegHeader } from '../raster/jpeg-header';
import { readPngHeader } from '../raster/png-header';
import { identify } from './identify';

/**
 * Bytes of samples that a PNG or JPEG will be decoded to, by its header.
 *
 * @returns undefined of other containers, and of what decoding will refuse
 */
export function expectedBytes(bytes: Buffer, mediaType?: string): number | undefined {
  try {
    switch (identify(bytes, mediaType)) {
      case 'png': {
        const { width, height, channels, depth } = readPngHeader(bytes);
        return width * height * channels * (depth > 8 ? 2 : 1);
      }
      case 'jpeg': {
        const { width, height, components } = readJpegHeader(bytes);
        return width * height * (components === 1 ? 1 : 3);
      }
      case 'dicom':
      case 'nifti':
      case 'tiff':
        return undefined;
    }
  } catch (error) {
    if (error instanceof ServingError) return undefined;
    throw error;
  }
}
