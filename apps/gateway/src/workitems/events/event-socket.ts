import { WebSocket } from 'ws';
import type { EventSocket } from './event-channels';

/** A WebSocket that only tells: what comes over it is not read. */
export const eventSocketOf = (socket: WebSocket): EventSocket => {
  // It is closed by that; without a listener the process would end.
  socket.on('error', () => undefined);
  return {
    send: (text) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) {
          reject(new Error('The connection is closed.'));
          return;
        }
        socket.once('close', gone);
        function gone(): void {
          reject(new Error('The connection was closed.'));
        }
        socket.send(text, (error) => {
          socket.off('close', gone);
          if (error instanceof Error) reject(error);
          else resolve();
        });
      }),
    ping: () => {
      socket.ping();
    },
    close: (code, reason) => {
      socket.close(code, reason);
    },
    terminate: () => {
      socket.terminate();
    },
    onPong: (heard) => {
      socket.on('pong', heard);
    },
    onClose: (closed) => {
      socket.on('close', closed);
    },
  };
};
