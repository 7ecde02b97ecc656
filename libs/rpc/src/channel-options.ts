import type { ChannelOptions } from '@grpc/grpc-js';

/** HTTP/2 windows: with Node's 64 kB a large tensor waits for a round trip every 64 kB. */
export const WINDOW_BYTES = 16 << 20;
/** The largest message between our own services: a large CT as 16-bit samples fits twice. */
export const MAX_MESSAGE_BYTES = 1 << 30;

/* A connection whose other end is gone without a word (a cable, a frozen machine) is noticed within 15 s. */
const KEEPALIVE: ChannelOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
};

/** Counting every call and message for a debugging service that nobody here offers costs more than sending a small one. */
const UNCOUNTED: ChannelOptions = { 'grpc.enable_channelz': 0 };

const sized = (maxMessageBytes: number): ChannelOptions => ({
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
});

export const clientOptions = (maxMessageBytes = MAX_MESSAGE_BYTES): ChannelOptions => ({
  ...KEEPALIVE,
  ...UNCOUNTED,
  ...sized(maxMessageBytes),
  'grpc-node.flow_control_window': WINDOW_BYTES,
  // Retries by grpc-js would keep a copy of every message; who may retry what is decided by the router.
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // A pool shared by all clients of a process would let one client's close keep another's connection.
  'grpc.use_local_subchannel_pool': 1,
});

export const serverOptions = (maxMessageBytes = MAX_MESSAGE_BYTES): ChannelOptions => ({
  ...KEEPALIVE,
  ...UNCOUNTED,
  ...sized(maxMessageBytes),
});
