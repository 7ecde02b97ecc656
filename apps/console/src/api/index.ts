export { call, callJson, hearSignedOut, type Call } from './client';
export { readEvents, type StreamEvent } from './event-stream';
export { serverNowMs } from './server-clock';
export { ApiError, problemOf, type Problem } from './problem';
export type { Me } from './types/me';
export type { Description, Offer, OfferedModel, SeriesDescription } from './types/description';
