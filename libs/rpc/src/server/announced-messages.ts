/** What grpc-js keeps to itself of a call. Held by a test to the pinned version. */
interface Internals {
  readonly decoder: {
    write(data: Buffer): Buffer[];
    readonly readState: number;
    readonly readMessageSize: number;
    readonly readMessageRemaining: number;
  };
  readonly stream: { isPaused(): boolean };
}

/** The decoder knows the length of a message and waits for the rest of it. */
const READING_MESSAGE = 2;

export interface Watcher {
  /** So many bytes of the message that is coming are here, of so many; told from when its length is known. */
  readonly arrived: (bytes: number, of: number) => void;
  /** The message is here. */
  readonly complete: () => void;
  /** Nothing of a message came for `idleMs`, although it was waited for. */
  readonly idle: () => void;
  /** What the decoder or one of the above threw; the rest of the call is dropped unread. Once. */
  readonly refuse: (error: unknown) => void;
}

/** Tells of every message of a call how much of it came, from its prefix on, which is before it is buffered. */
export function watchMessages(call: object, watcher: Watcher, idleMs: number): { end(): void } {
  const { decoder, stream } = call as Internals;
  const write = decoder.write.bind(decoder);
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    clearTimeout(timer);
  };
  const refuse = (error: unknown): void => {
    end();
    watcher.refuse(error);
  };
  const checkIdle = (): void => {
    // Of a paused stream nothing comes because nothing is asked for.
    if (stream.isPaused()) {
      timer = setTimeout(checkIdle, idleMs);
      return;
    }
    try {
      watcher.idle();
    } catch (error) {
      refuse(error);
    }
  };
  decoder.write = (data) => {
    if (isOver) return [];
    clearTimeout(timer);
    try {
      const messages = write(data);
      for (const { byteLength } of messages) {
        watcher.arrived(byteLength, byteLength);
        watcher.complete();
      }
      if (decoder.readState === READING_MESSAGE) {
        const { readMessageSize: size, readMessageRemaining: remaining } = decoder;
        watcher.arrived(size - remaining, size);
        timer = setTimeout(checkIdle, idleMs);
      }
      return messages;
    } catch (error) {
      refuse(error);
      return [];
    }
  };
  return { end };
}
