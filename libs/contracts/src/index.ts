import { join } from 'node:path';

export * from './generated/medserve/v1/medserve';
export * from './generated/medserve/v1/frame';
export * from './generated/medserve/v1/pool';
export * from './generated/medserve/v1/router';
export * from './generated/medserve/v1/inference';
export * from './generated/medserve/v1/scaler';

/** A `FileDescriptorSet` of all .proto files, as reflection serves it. */
export const DESCRIPTOR_SET_PATH = join(__dirname, 'generated', 'descriptors.binpb');
