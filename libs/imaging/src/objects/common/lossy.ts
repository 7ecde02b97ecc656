import { tagOf } from '../../dicom/dictionary/dictionary';

/** What was lost in the source is lost in what was made of its pixels (PS3.3 C.7.6.1.1.5). */
export const LOSSY = ['LossyImageCompression', 'LossyImageCompressionRatio', 'LossyImageCompressionMethod'].map(
  (keyword) => tagOf(keyword) as number,
);
