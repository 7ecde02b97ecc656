export { AuthenticTiles, type ReadFile } from './authentic-tiles';
export { areEqual, base64Of, fromBase64, fromHex, hexOf, joined, utf8, type Bytes } from './bytes';
export { parseCheckpoint, type Checkpoint } from './checkpoint';
export { leafHash, nodeHash, perfectRoot, sha256 } from './hashing';
export { LogMemory, type Remembered, type Shelf } from './log-memory';
export { merklePath, type PathStep } from './merkle-path';
export { openNote, parseVerifierKey, splitNote, type OpenedNote, type VerifierKey } from './note';
export { HinderedError, ProofError, type Fault, type Hindrance } from './proof-error';
export { bundlePath, entriesOf, TILE_WIDTH, tilePath, tileWidth } from './tile';
