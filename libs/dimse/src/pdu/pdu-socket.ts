import type { Socket } from 'node:net';
import { PduReader, type PduEvent } from './pdu-reader';

/** How long a peer that was told that it is over may take to close its side. */
const LINGER_MS = 5_000;
/** A peer that vanished without a word is noticed by the operating system. */
const KEEP_ALIVE_MS = 30_000;

/** A TCP or TLS connection on which PDUs are read with back-pressure and written with it. */
export class PduSocket {
  private readonly reader: PduReader;
  private silence: NodeJS.Timeout | undefined;
  private isPutOff = false;
  private isClosing = false;

  constructor(
    readonly socket: Socket,
    maxPduBytes: number,
  ) {
    this.reader = new PduReader(maxPduBytes);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // What went wrong is seen where the events end.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(this.silence);
    });
  }

  /** Something is waiting to be sent that the peer does not take. */
  get isBlocked(): boolean {
    return this.socket.writableNeedDrain;
  }

  get isGone(): boolean {
    return this.isClosing || this.socket.destroyed;
  }

  /**
   * Calls back when nothing came from the peer, and nothing was taken by it, for so long; once. A new call takes the place of the
   * one before.
   * @param isPutOff false: what comes does not begin the time anew
   */
  watch(silenceMs: number, isPutOff: boolean, onSilence: () => void): void {
    clearTimeout(this.silence);
    this.isPutOff = isPutOff;
    this.silence = setTimeout(onSilence, silenceMs);
  }

  unwatch(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
  }

  /** The time of `watch` begins anew. */
  putOff(): void {
    if (this.isPutOff) this.silence?.refresh();
  }

  /**
   * What comes, until the peer ends or the caller stops; nothing is read from the socket while the caller works on an event.
   * @throws ProtocolFault, and what the socket throws when it is cut
   */
  async *events(): AsyncGenerator<PduEvent> {
    try {
      for await (const chunk of this.socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        if (this.isClosing) return;
        this.putOff();
        yield* this.reader.read(chunk);
      }
    } finally {
      // What still comes is dropped, so that the peer reads our last word before the connection is reset.
      this.socket.on('data', () => undefined).resume();
    }
  }

  /** Resolves when all of it was handed to the system, which the peer's reading decides; at once when the peer is gone. */
  async write(pieces: Iterable<Buffer>): Promise<void> {
    const rest = pieces[Symbol.iterator]();
    for (let isWritten = false; !isWritten && !this.isGone;) {
      this.socket.cork();
      isWritten = this.fill(rest);
      this.socket.uncork();
      if (this.isBlocked) await drained(this.socket);
      this.putOff();
    }
  }

  /** @returns false when the socket's buffer is full before there is nothing more */
  private fill(pieces: Iterator<Buffer>): boolean {
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      if (!this.socket.write(next.value)) return false;
    }
    return true;
  }

  /** Says a last word and hangs up; the peer has a few seconds to take it, unless it takes nothing as it is. */
  close(last?: Buffer): void {
    if (this.isGone) return;
    this.isClosing = true;
    clearTimeout(this.silence);
    if (this.isBlocked) {
      this.socket.destroy();
      return;
    }
    if (last === undefined) this.socket.end();
    else this.socket.end(last);
    const lingering = setTimeout(() => {
      this.socket.destroy();
    }, LINGER_MS);
    this.socket.once('close', () => {
      clearTimeout(lingering);
    });
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}
