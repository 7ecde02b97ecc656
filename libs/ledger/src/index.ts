export { decodeBundle, encodeBundle } from './bundle';
export { provesConsistency, provesInclusion, type SizedRoot } from './check-proof';
export { checkpointText, parseCheckpoint, type Checkpoint } from './checkpoint';
export { edgeOf, GrowingTree } from './growing-tree';
export { EMPTY_ROOT, leafHash } from './hashing';
export {
  openNote,
  parseVerifierKey,
  rawPublicKey,
  signNote,
  splitNote,
  verifierKey,
  verifierKeyOf,
  type NoteSignature,
  type Verifier,
} from './note';
export { consistencyPath, inclusionPath, rootFromTiles, type TileReader } from './proofs';
export { loadSigningKey, makeNextKey, signingKeysIn, type SigningKeys } from './signing-key';
export { bundlePath, hashesAtLevel, tilePath, tilesOf, tileWidth, TILE_WIDTH, type Tile, type TilePlace } from './tile';
export {
  AheadWitnessError,
  askWitness,
  WitnessRefusedError,
  type ConsistencyProof,
  type WitnessAddress,
} from './witness/ask-witness';
export { cosign, cosignatureOf, witnessKey, type Cosignature } from './witness/cosignature';
export { FileMemory } from './witness/file-memory';
export { serveWitness } from './witness/serve-witness';
export { Witness, type WitnessAnswer, type WitnessMemory, type WitnessOptions } from './witness/witness';
