import { WebSocket } from 'ws';
import type { EventSocket } from './event-channels';

const CONFIRMS_WITHIN_MS = 5_000;

/** A WebSocket that only tells: what comes over it is not read. */
export const eventSocketOf = (socket: WebSocket): EventSocket => {
  // It is closed by that; without a listener the process would end.
  socket.on('error', () => undefined);
  let asked = 0;

  /** Settles with the work, or when the connection ends before. */
  const whileOpen = (work: (resolve: () => void, reject: (error: Error) => void) => () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const gone = (): void => {
        finish();
        reject(new Error('The connection was closed.'));
      };
      const finish = (): void => {
        socket.off('close', gone);
        stop();
      };
      let stop = (): void => undefined;
      if (socket.readyState !== WebSocket.OPEN) {
        gone();
        return;
      }
      socket.once('close', gone);
      stop = work(
        () => {
          finish();
          resolve();
        },
        (error) => {
          finish();
          reject(error);
        },
      );
    });

  return {
    send: (text) =>
      whileOpen((resolve, reject) => {
        socket.send(text, (error) => {
          if (error instanceof Error) reject(error);
          else resolve();
        });
        return () => undefined;
      }),
    // Frames keep their order, and a pong says what ping it answers (RFC 6455 5.5.3).
    confirmed: () =>
      whileOpen((resolve) => {
        // Its subscriber may have another connection, which waits for what this one does not confirm.
        const timer = setTimeout(() => {
          socket.terminate();
        }, CONFIRMS_WITHIN_MS);
        const question = String((asked += 1));
        const heard = (answer: Buffer): void => {
          if (Number(answer.toString()) >= Number(question)) resolve();
        };
        socket.on('pong', heard);
        socket.ping(question);
        return () => {
          clearTimeout(timer);
          socket.off('pong', heard);
        };
      }),
    ping: () => {
      socket.ping(String((asked += 1)));
    },
    close: (code, reason) => {
      socket.close(code, reason);
    },
    terminate: () => {
      socket.terminate();
    },
    // One that answers nothing, as anybody may send unasked, does not count.
    onPong: (heard) => {
      socket.on('pong', (answer: Buffer) => {
        if (answer.length > 0) heard();
      });
    },
    onClose: (closed) => {
      socket.on('close', closed);
    },
  };
};
