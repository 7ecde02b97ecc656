import { ServingError } from '@medserve/errors';

export const regionWithoutSlide = (): ServingError =>
  new ServingError(
    'invalid_request',
    'A region can be asked for of a slide only: a TIFF, or a DICOM object in tiles.',
    {
      field: 'parameters.view.region',
    },
  );

export const viewOfOneImage = (): ServingError =>
  new ServingError('invalid_request', 'The file holds one image, of which no frame and no region can be chosen.', {
    field: 'parameters.view',
  });

export const viewOfSeveralFiles = (): ServingError =>
  new ServingError('invalid_request', 'A view can be asked for of one file, not of several.', {
    field: 'parameters.view',
  });
