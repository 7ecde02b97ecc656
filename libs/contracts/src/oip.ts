/* A door of its own: these messages share names with ours, and only the gateway pays for loading them. */
export * from './generated/inference/grpc_service';
