export { compileRecipe, type Recipe } from './recipe/recipe';
export type { LayoutStep, Step, Working } from './recipe/step';
export { DECODE_LIMITS, type DecodeLimits } from './decode/limits';
export { identify, type Container } from './decode/identify';
export { expectedBytes } from './decode/expected-bytes';
export { decodeStudy, type DecodedInput, type DecodedStudy, type InputFile } from './decode/decode-study';
export { DecodePool, type DecodePoolOptions, type DecodePoolStats } from './decode/decode-pool';
export { encodePng } from './encode/encode-png';
