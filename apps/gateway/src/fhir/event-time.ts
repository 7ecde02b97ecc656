/** When an event of ours came to be, to the millisecond: its id says so (UUID version 7, RFC 9562, 5.7). */
export const eventTime = (id: string): Date => new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
