export { decodeBundle, encodeBundle, MAX_ENTRY_BYTES } from './bundle';
export { provesConsistency, provesInclusion, type SizedRoot } from './check-proof';
export { checkpointText, parseCheckpoint, type Checkpoint } from './checkpoint';
export { edgeOf, GrowingTree } from './growing-tree';
export { EMPTY_ROOT, leafHash, nodeHash } from './hashing';
export { isKeyName, openNote, signNote, verifierKey } from './note';
export { consistencyPath, inclusionPath, rootFromTiles, type TileReader } from './proofs';
export { loadSigningKey } from './signing-key';
export { bundlePath, tilePath, tilesOf, tileWidth, TILE_WIDTH, type Tile, type TilePlace } from './tile';
