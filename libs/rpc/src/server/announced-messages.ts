/** What grpc-js keeps to itself of a call. Held by a test to the pinned version. */
interface Internals {
  readonly decoder: {
    write(data: Buffer): Buffer[];
    readonly readState: number;
    readonly readMessageSize: number;
  };
}

/** The decoder knows the length of a message and waits for the rest of it. */
const READING_MESSAGE = 2;

/**
 * Tells the length of every message of a call when its prefix has come, which is before the message is buffered.
 *
 * @param announce may throw, as the decoder itself does of a message that is too large; `refuse` then hears of it, once
 */
export function watchMessages(call: object, announce: (bytes: number) => void, refuse: (error: unknown) => void): void {
  const { decoder } = call as Internals;
  const write = decoder.write.bind(decoder);
  let isAnnounced = false;
  let isRefused = false;
  decoder.write = (data) => {
    if (isRefused) return [];
    try {
      const messages = write(data);
      for (const message of messages) {
        if (!isAnnounced) announce(message.byteLength);
        isAnnounced = false;
      }
      if (decoder.readState === READING_MESSAGE && !isAnnounced) {
        announce(decoder.readMessageSize);
        isAnnounced = true;
      }
      return messages;
    } catch (error) {
      isRefused = true;
      refuse(error);
      return [];
    }
  };
}
