export { ConfigurationError } from './configuration-error';
export { REASONS, type Category, type Reason } from './reasons';
export { isFault, RUN_LOST, ServingError, toServingError, type ServingErrorData } from './serving-error';
