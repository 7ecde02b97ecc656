/** Media type of server-sent events (HTML Standard, 9.2). */
export const EVENT_STREAM = 'text/event-stream';
