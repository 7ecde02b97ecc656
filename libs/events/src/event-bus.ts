/** An event under way: its id, the key that keeps it in order (its request's id; of what is about no request, the tenant), and its exact bytes. */
export interface EventMessage {
  readonly id: string;
  readonly key: string;
  readonly bytes: Buffer;
  /** W3C Trace Context of the span that told of it; absent: its request is not traced. */
  readonly traceparent?: string | undefined;
}

/** Handles what arrived, in order; rejects when it must be delivered again. */
export type EventHandler = (messages: readonly EventMessage[]) => Promise<void>;

export interface Subscription {
  /** Waits for the handler that runs, then delivers nothing more. */
  close(): Promise<void>;
}

/**
 * Carries events, at least once, in order within a partition. It is transport: what must not be lost is kept in the outbox
 * until the ledger has it.
 */
export interface EventBus {
  /** Messages of one key go through one partition, `partitionOf(key, partitions)`. */
  readonly partitions: number;
  /**
   * Resolves when the transport has taken the messages for good. One call is one partition: a call that spans partitions
   * can lose acknowledged messages with kafkajs when a leader moves.
   */
  publish(partition: number, messages: readonly EventMessage[]): Promise<void>;
  subscribe(handler: EventHandler): Promise<Subscription>;
  /**
   * Looks whether the transport still is what it was when it was connected, and mends what can be mended; none of a transport
   * that cannot change. @throws when it cannot be asked
   */
  inspect?(): Promise<TransportChange | undefined>;
  close(): Promise<void>;
}

/**
 * What somebody else did to the transport: its topic was gone and was made anew, so that what was in it comes again from the
 * outbox; or it has other partitions than before, and messages go on through those that it had.
 */
export type TransportChange = 'topic_remade' | 'partitions_changed';

/** FNV-1a over the key: stable over versions and processes. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % partitions;
}
