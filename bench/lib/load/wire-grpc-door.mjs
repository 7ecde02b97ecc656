import { connect } from 'node:net';
import {
  ACK,
  DATA,
  END_STREAM,
  FIRST_WINDOW,
  GOAWAY,
  HEADERS,
  LARGEST_PAYLOAD,
  PING,
  PREFACE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
  clientSettings,
  frame,
  frameHead,
  frameReader,
  grantedWindow,
  headersFrame,
  windowUpdate,
} from './http2-frames.mjs';

const OWN_WINDOW = 2 ** 30;
const GRPC_PREFIX_BYTES = 5;

/** Messages behind gRPC's prefix, a byte for the compression and four for the length; made once for each message. */
const bodies = new WeakMap();
function bodyOf(message) {
  let body = bodies.get(message);
  if (body === undefined) {
    const prefix = Buffer.alloc(GRPC_PREFIX_BYTES);
    prefix.writeUInt32BE(message.length, 1);
    body = Buffer.concat([prefix, message]);
    bodies.set(message, body);
  }
  return body;
}

/**
 * A unary gRPC caller on a bare socket, for when the caller must not cost more than the server: its headers are encoded once and
 * those of the answer are not decoded. An answer is a stream that carries a whole message; whatever else ends one is a failure
 * without a reason, so probe with `openGrpcDoor` first.
 */
export function openWireGrpcDoor({ grpc: address, key }, { method, isAnswer }) {
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  const headers = headersFrame({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': method,
    ':authority': address,
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization: `Bearer ${key}`,
  });
  const streams = new Map();
  const waiting = [];
  let nextStream = 1;
  let window = FIRST_WINDOW;
  let streamWindow = FIRST_WINDOW;
  let unread = 0;

  const end = (id, failure) => {
    const stream = streams.get(id);
    if (stream === undefined) return;
    streams.delete(id);
    const ms = performance.now() - stream.began;
    if (failure !== undefined) stream.resolve({ ms, failure });
    else {
      const body = stream.chunks.length === 1 ? stream.chunks[0] : Buffer.concat(stream.chunks);
      const isWhole = body.length > GRPC_PREFIX_BYTES && isAnswer(body.subarray(GRPC_PREFIX_BYTES));
      stream.resolve(isWhole ? { ms } : { ms, failure: 'refused' });
    }
  };
  const endAll = (failure) => {
    for (const id of [...streams.keys()]) end(id, failure);
  };

  /** Sends what the windows allow, in the order of the calls. */
  const pump = () => {
    socket.cork();
    while (waiting.length > 0) {
      const [{ id, body, state }] = waiting;
      const size = Math.min(LARGEST_PAYLOAD, window, state.window, body.length - state.sent);
      if (size <= 0) break;
      const isLast = state.sent + size === body.length;
      socket.write(frameHead(DATA, isLast ? END_STREAM : 0, id, size));
      socket.write(body.subarray(state.sent, state.sent + size));
      state.sent += size;
      state.window -= size;
      window -= size;
      if (isLast) waiting.shift();
    }
    socket.uncork();
  };

  const onFrame = (type, flags, id, payload) => {
    switch (type) {
      case DATA:
        streams.get(id)?.chunks.push(payload);
        unread += payload.length;
        if (unread > OWN_WINDOW / 2) {
          socket.write(windowUpdate(0, unread));
          unread = 0;
        }
        if (flags & END_STREAM) end(id);
        return;
      case HEADERS:
        if (flags & END_STREAM) end(id);
        return;
      case RST_STREAM:
        end(id, 'reset');
        return;
      case SETTINGS: {
        if (flags & ACK) return;
        const granted = grantedWindow(payload);
        if (granted !== undefined) {
          for (const { state } of waiting) state.window += granted - streamWindow;
          streamWindow = granted;
        }
        socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
        pump();
        return;
      }
      case PING:
        if (!(flags & ACK)) socket.write(frame(PING, ACK, 0, payload));
        return;
      case GOAWAY:
        endAll('goaway');
        return;
      case WINDOW_UPDATE: {
        const more = payload.readUInt32BE(0);
        if (id === 0) window += more;
        else {
          const call = waiting.find((other) => other.id === id);
          if (call !== undefined) call.state.window += more;
        }
        pump();
      }
    }
  };

  socket.write(Buffer.concat([PREFACE, clientSettings(), windowUpdate(0, OWN_WINDOW)]));
  socket.on('data', frameReader(onFrame));
  socket.on('error', () => endAll('connection lost'));
  socket.on('close', () => endAll('connection lost'));

  return {
    call: ({ message, waitMs }) =>
      new Promise((resolve) => {
        const id = nextStream;
        nextStream += 2;
        const timer = setTimeout(() => end(id, 'no answer in time'), waitMs);
        const settle = (outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        };
        streams.set(id, { began: performance.now(), chunks: [], resolve: settle });
        const head = Buffer.from(headers);
        head.writeUInt32BE(id, 5);
        socket.cork();
        socket.write(head);
        waiting.push({ id, body: bodyOf(message), state: { sent: 0, window: streamWindow } });
        pump();
        socket.uncork();
      }),
    close: () => {
      socket.destroy();
    },
  };
}
