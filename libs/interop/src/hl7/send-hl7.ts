import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { readAcknowledgement, readHead, type Acknowledgement } from './acknowledgement';
import { MllpError } from './mllp-error';
import { frameOf, MllpFrames } from './mllp-frames';

export interface SendHl7 {
  readonly host: string;
  readonly port: number;
  /** Absent: in the open, for a network that is safe otherwise. */
  readonly tls?: ConnectionOptions | undefined;
  /** As `oruMessage` writes it: segments ended by CR, without the frame. */
  readonly message: string;
  /** For connecting, sending and the last acknowledgement together. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An acknowledgement is a few hundred bytes; one with many errors still is none of these. */
const MAX_ACK_BYTES = 1024 * 1024;

/**
 * Sends one message over a connection of its own and waits for its acknowledgement: the one of the application, or where the message
 * wants none (MSH-16) the one that says that it is kept. Answers to other messages on the connection are left out.
 *
 * Over sockets of Node: the client of @medplum/hl7 5.0 knows no TLS, waits for its whole time when the peer closes, and keeps
 * whatever a peer sends without an end.
 *
 * @throws MllpError where no acknowledgement came
 */
export function sendHl7(order: SendHl7): Promise<Acknowledgement> {
  const { controlId, wantsApplication } = readHead(order.message);
  const isLast = ({ code }: Acknowledgement): boolean => code !== 'CA' || !wantsApplication;
  return exchange(order, (message) => {
    const found = readAcknowledgement(message);
    if (found === undefined || found.of !== controlId || !isLast(found.acknowledgement)) return undefined;
    return found.acknowledgement;
  });
}

/** @param read what a whole message of the peer means; undefined: it is not the one that is waited for */
function exchange<T>(order: SendHl7, read: (message: string) => T | undefined): Promise<T> {
  const { host, port, tls, message, timeoutMs, signal } = order;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(cancelled(signal));
      return;
    }
    const frames = new MllpFrames(MAX_ACK_BYTES);
    const socket: Socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ ...tls, host, port });
    const state = { isConnected: false };
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const fail = (error: MllpError): void => {
      end(() => {
        reject(error);
      });
    };
    const onAbort = (): void => {
      fail(cancelled(signal));
    };
    const timer = setTimeout(() => {
      fail(new MllpError('timeout', 'The peer did not acknowledge the message in time.'));
    }, timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      state.isConnected = true;
      socket.write(frameOf(message));
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        const answer = frames
          .push(chunk)
          .map(read)
          .find((one) => one !== undefined);
        if (answer === undefined) return;
        end(() => {
          resolve(answer);
        });
      } catch (cause) {
        fail(new MllpError('garbled', 'What the peer sent is no acknowledgement.', { cause }));
      }
    });
    socket.on('error', (cause) => {
      fail(failureOf(cause, state.isConnected, tls !== undefined));
    });
    socket.on('close', () => {
      fail(new MllpError('closed', 'The peer ended the connection before it acknowledged the message.'));
    });
  });
}

const cancelled = (signal: AbortSignal | undefined): MllpError =>
  new MllpError('cancelled', 'The message was given up.', { cause: signal?.reason });

function failureOf(cause: NodeJS.ErrnoException, isConnected: boolean, isTls: boolean): MllpError {
  // A peer says that it wants a certificate only once the connection stands (TLS 1.3).
  const isAlert = cause.code?.startsWith('ERR_SSL_') === true;
  // What the network says has a system call; the rest is what TLS says of certificates and versions.
  if (isTls && (isAlert || (!isConnected && cause.syscall === undefined)))
    return new MllpError('tls', 'The peer and we do not trust one another.', { cause });
  if (isConnected)
    return new MllpError('closed', 'The connection broke before the message was acknowledged.', { cause });
  return new MllpError('refused-connection', 'The peer cannot be reached.', { cause });
}
