/** What one request with tensors may have of each, at every door, so that a small message cannot make many things. */
export const TENSOR_LIMIT = 1_024;
export const DIMENSION_LIMIT = 64;
export const PARAMETER_LIMIT = 256;
