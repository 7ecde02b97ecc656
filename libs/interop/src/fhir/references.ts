import { reportId } from '../identity/result-identity';
import type { InteropInput, InteropRun } from '../input';
import type { Reference } from './r4';

/** The device of the first run that the same model answered: one device stands for all that it answered here. */
export function deviceReference({ runs }: InteropInput, { document }: InteropRun): Reference {
  const { digest } = document.provenance.model;
  const first = runs.find((run) => run.document.provenance.model.digest === digest);
  return { reference: `Device/${first?.requestId ?? ''}` };
}

/** The study; where what was sent is none, the images by their hashes, which have no address. */
export const imagesReference = (input: InteropInput, run: InteropRun): Reference =>
  input.context === undefined ? inputReference(run, 'Media') : { reference: `ImagingStudy/${reportId(input)}` };

/** For who looks for the study of images that are of none. */
export const studyReference = (input: InteropInput, run: InteropRun): Reference =>
  input.context === undefined ? inputReference(run, 'ImagingStudy') : { reference: `ImagingStudy/${reportId(input)}` };

const inputReference = ({ document, requestId }: InteropRun, type: 'Media' | 'ImagingStudy'): Reference => {
  const sha256 = document.provenance.inputs[0]?.sha256;
  return {
    type,
    identifier:
      sha256 === undefined
        ? { system: 'urn:medserve:result', value: requestId }
        : { system: 'urn:medserve:input-sha256', value: sha256 },
    display: 'What was sent is no DICOM study',
  };
};
