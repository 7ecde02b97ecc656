import type { ImageFacts } from '@medserve/clinical';

/** What of its header an image is described by: nothing that tells whom it shows. */
export function imageDetail({ width, height, depth, dimensions, container, dicom }: ImageFacts) {
  return {
    container,
    dimensions,
    width,
    height,
    depth,
    ...(dicom === undefined
      ? {}
      : {
          dicomModality: dicom.modality ?? null,
          sopClassUid: dicom.sopClassUid ?? null,
          bodyPart: dicom.bodyPart ?? null,
          transferSyntaxUid: dicom.transferSyntaxUid ?? null,
        }),
  };
}
