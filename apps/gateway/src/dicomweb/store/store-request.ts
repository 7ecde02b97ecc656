import { ServingError } from '@medserve/errors';
import { parseMediaTypes } from '../media/media-type';

/** In which form the instances of a request come. */
export type StoreForm = { readonly kind: 'multipart'; readonly boundary: string } | { readonly kind: 'single' };

const DICOM = 'application/dicom';
/** RFC 2046, section 5.1.1, which allows 70 characters; Orthanc's DICOMweb client sends 73. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,127}[0-9A-Za-z'()+_,\-./:=?]$/;

/**
 * Reads the header Content-Type of a STOW request (PS3.18 10.5.1): parts of application/dicom, or one instance as the whole body.
 *
 * @throws ServingError `unsupported_media`; `invalid_request` where the boundary is missing
 */
export function parseStoreType(header: string | undefined): StoreForm {
  const [type, ...more] = parseMediaTypes(header ?? '') ?? [];
  if (type === undefined || more.length > 0) throw unsupported();
  if (type.essence === DICOM) return { kind: 'single' };
  const parts = type.parameters.get('type')?.toLowerCase() ?? DICOM;
  if (type.essence !== 'multipart/related' || parts !== DICOM) throw unsupported();
  const boundary = type.parameters.get('boundary') ?? '';
  if (!BOUNDARY.test(boundary)) {
    throw new ServingError('invalid_request', 'The header Content-Type has no boundary.', { field: 'Content-Type' });
  }
  return { kind: 'multipart', boundary };
}

const unsupported = (): ServingError =>
  new ServingError('unsupported_media', 'Instances are stored from DICOM files only.', {
    field: 'Content-Type',
    remedy: 'Send multipart/related; type="application/dicom" with a boundary, or one application/dicom.',
  });
