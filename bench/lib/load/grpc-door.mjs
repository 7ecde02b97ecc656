import grpc from '@grpc/grpc-js';

const WINDOW_BYTES = 16 << 20;
const LARGEST_MESSAGE_BYTES = 512 << 20;

/**
 * A unary gRPC caller for messages that are bytes already.
 *
 * @param method the full path of the method
 * @param isAnswer whether these bytes are an answer that a caller could use
 */
export function openGrpcDoor({ grpc: address, key }, { method, isAnswer }) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure(), {
    'grpc-node.flow_control_window': WINDOW_BYTES,
    'grpc.enable_retries': 0,
    'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
    'grpc.max_send_message_length': LARGEST_MESSAGE_BYTES,
  });
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  const reasonOf = (error) =>
    String(error.metadata?.get('medserve-reason')[0] ?? grpc.status[error.code] ?? error.code);

  return {
    call: ({ message, waitMs }) =>
      new Promise((resolve) => {
        const began = performance.now();
        let outcome;
        const running = client.makeUnaryRequest(
          method,
          (bytes) => bytes,
          (bytes) => isAnswer(bytes),
          message,
          metadata,
          { deadline: Date.now() + waitMs },
          (error, isGood) => {
            const ms = performance.now() - began;
            if (error) resolve({ ms, failure: reasonOf(error), detail: error.details });
            else outcome = isGood ? { ms } : { ms, failure: 'not an answer' };
          },
        );
        running.on('status', ({ code, metadata: trailers }) => {
          const serverTiming = trailers.get('server-timing')[0];
          if (code === grpc.status.OK) setImmediate(() => resolve({ ...outcome, serverTiming }));
        });
      }),
    close: () => {
      client.close();
    },
  };
}
