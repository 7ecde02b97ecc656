import grpc from '@grpc/grpc-js';
import contracts from '@medserve/contracts';
import { inputOf } from './cases.mjs';

const { InferRequest, InferResponse } = contracts;
const INFER = '/medserve.v1.MedServe/Infer';
const WINDOW_BYTES = 16 << 20;

/** `accept;dur=1.2, complete;dur=0.8` as numbers. */
function durations(serverTiming) {
  const pairs = serverTiming.split(', ').map((entry) => entry.split(';dur='));
  return Object.fromEntries(pairs.map(([name, ms]) => [name, Number(ms)]));
}

/**
 * A client of the native gRPC service. Its requests are encoded ahead of time: what is measured is the platform, with as
 * little of the client as a caller can have.
 */
export function openLoad({ grpc: address, key }) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure(), {
    'grpc-node.flow_control_window': WINDOW_BYTES,
    'grpc.enable_retries': 0,
  });
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${key}`);

  const encode = (entry) => {
    const values = inputOf(entry);
    const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const tensors = [{ name: 'x', datatype: entry.datatype, shape: entry.shape, data }];
    return Buffer.from(
      InferRequest.encode({ ...InferRequest.decode(new Uint8Array()), model: entry.name, tensors }).finish(),
    );
  };

  /** Resolves with the milliseconds of one call and of its phases on the server, as the trailer `server-timing` tells them. */
  const call = (message) =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      let totalMs = 0;
      const running = client.makeUnaryRequest(
        INFER,
        (bytes) => bytes,
        (bytes) => InferResponse.decode(bytes),
        message,
        metadata,
        { deadline: Date.now() + 30_000 },
        (error, response) => {
          totalMs = performance.now() - began;
          if (error) reject(error);
          else if (response.tensors.length === 0) reject(new Error('An answer without tensors.'));
        },
      );
      running.on('status', ({ code, metadata: trailers }) => {
        if (code === grpc.status.OK)
          setImmediate(() => resolve({ totalMs, ...durations(String(trailers.get('server-timing')[0])) }));
      });
    });

  /** Keeps `inFlight` calls under way for `forMs`, or until `count` are done where that is sooner. */
  const run = async (message, { forMs, count = Infinity, inFlight }) => {
    const samples = [];
    let begun = 0;
    const began = performance.now();
    const caller = async () => {
      while (begun < count && performance.now() - began < forMs) {
        begun += 1;
        samples.push(await call(message));
      }
    };
    await Promise.all(Array.from({ length: inFlight }, caller));
    return { samples, elapsedMs: performance.now() - began };
  };

  return {
    encode,
    run,
    close: () => {
      client.close();
    },
  };
}
