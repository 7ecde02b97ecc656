/* A door of its own: only the scaler speaks to KEDA. */
export * from './generated/keda/externalscaler';
