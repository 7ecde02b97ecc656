/** Record headers: what a consumer knows of an event without reading it. */
export const KEY_HEADER = 'key';
export const ID_HEADER = 'id';
/** W3C Trace Context, as of the span that told of the event; only of events whose request is traced. */
export const TRACEPARENT_HEADER = 'traceparent';
