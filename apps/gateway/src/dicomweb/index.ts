import { InstancesController } from './retrieve/instances.controller';
import { PixelsController } from './retrieve/pixels.controller';
import { RenderedController } from './retrieve/rendered.controller';
import { SearchController } from './search/search.controller';
import { StoreController } from './store/store.controller';

export { DicomWeb, type DicomWebParts } from './dicom-web';

/** The doors of studies by DICOMweb, for the module. Each asks for `DicomWeb`. */
export const DICOM_WEB_CONTROLLERS = [
  StoreController,
  SearchController,
  InstancesController,
  PixelsController,
  RenderedController,
];
