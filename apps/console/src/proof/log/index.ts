export { AuthenticTiles, type ReadFile } from './authentic-tiles';
export { areEqual, fromHex, hexOf, type Bytes } from './bytes';
export { parseCheckpoint, type Checkpoint } from './checkpoint';
export { leafHash, sha256 } from './hashing';
export { LogMemory, type Remembered, type Shelf } from './log-memory';
export { merklePath, type PathStep } from './merkle-path';
export { openNote, parseVerifierKey, type OpenedNote, type VerifierKey } from './note';
export { HinderedError, ProofError, type Fault, type Hindrance } from './proof-error';
export { bundlePath, entriesOf, TILE_WIDTH, tilePath, tileWidth } from './tile';
