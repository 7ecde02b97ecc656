/** Record headers: what a consumer knows of an event without reading it. */
export const REQUEST_HEADER = 'request';
export const ID_HEADER = 'id';
