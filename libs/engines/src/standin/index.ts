/*
 * Models of noise: whole graphs of random weights, small enough for a laptop, of the shapes that real models have. The catalogue
 * proves its recipes with them, and so do the tests. A door of its own: who serves does not load it.
 */
export { BYTE_TEMPLATE, BYTE_VOCABULARY, byteTokenizer, UNPRINTED_TOKENS } from './byte-tokenizer';
export {
  decoderOnnx,
  embedOnnx,
  loraSafetensors,
  TINY_LANGUAGE,
  visionOnnx,
  type LanguageShape,
  type SightShape,
} from './language-model';
export { RandomWeights } from './random-weights';
export { writeSafetensors, type NamedMatrix } from './safetensors';
export {
  writeOnnx,
  type Dimension,
  type ElementType,
  type OnnxAttribute,
  type OnnxExternalWeight,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
  type OnnxWeight,
} from './write-onnx';
export { writeStandIn } from './write-stand-in';
