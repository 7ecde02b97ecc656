import type { Backlog } from './scaled-object';

/** Pools that fetch requests from a topic of Kafka, by their names: what waits there is demand beside that of the routers. */
export const BACKLOGS: Readonly<Record<string, Backlog>> = {};
