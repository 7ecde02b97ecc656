/**
 * What a file says about itself, without anything that tells who the patient is. Absent members were absent, or
 * unusable, in the file.
 */
export interface ImageFacts {
  readonly container: 'dicom' | 'nifti' | 'raster';
  /** `2` for one picture, `3` for a stack with geometry. */
  readonly dimensions: 2 | 3;
  readonly width: number;
  readonly height: number;
  /** Slices of a volume, or frames of a multi-frame object. */
  readonly depth: number;
  readonly channels: 1 | 3;
  /** Only of DICOM objects. */
  readonly dicom?: DicomFacts;
}

export interface DicomFacts {
  /** Modality (0008,0060): `CT`, `MR`, `OP` ... */
  readonly modality?: string;
  readonly sopClassUid?: string;
  /** Body Part Examined (0018,0015), upper case. */
  readonly bodyPart?: string;
  /** Laterality (0020,0060) or Image Laterality (0020,0062): `L`, `R`, `B`. */
  readonly laterality?: string;
  /** What made it, as words of a published list: `<maker>:<family>`, or `other` for a device that is not on it. */
  readonly scanner?: string;
  readonly photometricInterpretation?: string;
  readonly transferSyntaxUid?: string;
}
