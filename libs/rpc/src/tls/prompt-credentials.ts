import type { Socket } from 'node:net';
import { ChannelCredentials, type CallCredentials, type experimental as grpc } from '@grpc/grpc-js';

type ConnectorArguments = Parameters<ChannelCredentials['_createSecureConnector']>;

/**
 * How long the other end may be silent while a connection is made, in milliseconds. grpc-js itself waits for ever: a handshake
 * of which a bit was lost, or a peer that took the connection and is gone, would be the end of the channel.
 */
const PROMPT_MS = 5_000;

/** Ends the connection when a step of its making takes too long; `isDone` says, when the time is up, whether it was made. */
function within(socket: Socket, isDone: () => boolean): void {
  const timer = setTimeout(() => {
    if (!isDone()) socket.destroy(new Error('the other end did not answer in time'));
  }, PROMPT_MS);
  timer.unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}

/** Credentials whose connections come up promptly or not at all, and end when they are broken. */
export class PromptCredentials extends ChannelCredentials {
  constructor(private readonly inner: ChannelCredentials) {
    super();
  }

  override compose(callCredentials: CallCredentials): ChannelCredentials {
    return new PromptCredentials(this.inner.compose(callCredentials));
  }

  override _isSecure(): boolean {
    return this.inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return other instanceof PromptCredentials && this.inner._equals(other.inner);
  }

  override _createSecureConnector(...parameters: ConnectorArguments): grpc.SecureConnector {
    const connector = this.inner._createSecureConnector(...parameters);
    return {
      connect: async (socket) => {
        let isSecured = false;
        within(socket, () => isSecured);
        const result = await connector.connect(socket);
        isSecured = true;
        // Node leaves a TLS socket open that read what is no TLS: its HTTP/2 session would be neither alive nor closed, and the
        // channel would fail every call without ever connecting anew.
        result.socket.once('error', () => {
          result.socket.destroy();
          socket.destroy();
        });
        // What an HTTP/2 server sends first, its settings, follows at once (RFC 9113, 3.4).
        const before = socket.bytesRead;
        within(socket, () => socket.bytesRead > before);
        return result;
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => {
        connector.destroy();
      },
    };
  }
}
