/** Record headers: what a consumer knows of an event without reading it. */
export const KEY_HEADER = 'key';
export const ID_HEADER = 'id';
