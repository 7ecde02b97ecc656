import { connect } from 'node:net';

/** How long a connection may stay without a word after what was sent is over, before it is closed from here: a wait for more is right. */
const SILENCE_MS = 150;

/** Sends bytes and reads until the other end closes, or says no more. Resolves with what came, as text. */
export function sendBytes(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const chunks: Buffer[] = [];
    const done = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    socket.setTimeout(SILENCE_MS, done);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', done);
    socket.once('close', done);
    socket.write(bytes);
  });
}
