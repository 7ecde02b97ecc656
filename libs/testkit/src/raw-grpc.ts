import { once } from 'node:events';
import { connect, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';

const PREFIX_BYTES = 5;

export interface RawStatus {
  readonly code: number;
  readonly details: string;
  readonly trailers: IncomingHttpHeaders;
}

/** One call whose bytes are the test's own: messages that no client library would send, sent as slowly as the test likes. */
export interface RawCall {
  /** Bytes as they go on the wire: `grpcMessage`, or what is none. */
  write(bytes: Uint8Array): void;
  end(): void;
  cancel(): void;
  /** Reads the next message; `undefined` when there are no more. */
  next(): Promise<Buffer | undefined>;
  readonly status: Promise<RawStatus>;
}

export interface RawGrpc {
  call(path: string, headers?: Readonly<Record<string, string>>): RawCall;
  close(): Promise<void>;
}

/** A message behind its prefix. */
export function grpcMessage(bytes: Uint8Array, { compressed = false, byteLength = bytes.byteLength } = {}): Buffer {
  const message = Buffer.alloc(PREFIX_BYTES + bytes.byteLength);
  message.writeUInt8(Number(compressed), 0);
  message.writeUInt32BE(byteLength, 1);
  message.set(bytes, PREFIX_BYTES);
  return message;
}

async function* messagesOf(stream: ClientHttp2Stream): AsyncGenerator<Buffer, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.byteLength >= PREFIX_BYTES && rest.byteLength >= PREFIX_BYTES + rest.readUInt32BE(1)) {
      const end = PREFIX_BYTES + rest.readUInt32BE(1);
      yield rest.subarray(PREFIX_BYTES, end);
      rest = rest.subarray(end);
    }
  }
  return undefined;
}

async function statusOf(stream: ClientHttp2Stream): Promise<RawStatus> {
  // A call that has no message has its status in the headers.
  const [trailers] = (await Promise.race([
    once(stream, 'close').then(() => {
      throw new Error('the call ended without a status');
    }),
    once(stream, 'trailers'),
    once(stream, 'response').then(([headers]) =>
      (headers as IncomingHttpHeaders)['grpc-status'] === undefined ? once(stream, 'trailers') : [headers],
    ),
  ])) as [IncomingHttpHeaders];
  return {
    code: Number(trailers['grpc-status']),
    details: decodeURIComponent(String(trailers['grpc-message'] ?? '')),
    trailers,
  };
}

function start(session: ClientHttp2Session, path: string, headers: Readonly<Record<string, string>>): RawCall {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  const status = statusOf(stream);
  status.catch(() => undefined);
  const messages = messagesOf(stream);
  return {
    status,
    write: (bytes) => {
      if (!stream.closed) stream.write(bytes);
    },
    end: () => {
      stream.end();
    },
    cancel: () => {
      stream.close(8);
    },
    next: async () => (await messages.next()).value,
  };
}

/** Connects to a gRPC server by HTTP/2 alone. */
export function connectRawGrpc(address: string): RawGrpc {
  const session = connect(`http://${address}`);
  return {
    call: (path, headers = {}) => start(session, path, headers),
    close: async () => {
      if (session.destroyed) return;
      const closed = once(session, 'close');
      session.destroy();
      await closed;
    },
  };
}
