import { HeldMessages } from './held-messages';

const MIB = 1 << 20;

function holding() {
  let held = 0;
  const messages = new HeldMessages({
    take: (bytes) => {
      held += bytes;
      return () => {
        held -= bytes;
      };
    },
  });
  return { messages, held: () => held };
}

describe('the messages that a call holds', () => {
  it('reads on while there is room, and again when there is', () => {
    const { messages, held } = holding();
    let reads = 0;
    const read = () => {
      reads += 1;
    };
    messages.announce(40 * MIB);
    messages.deliver('first', 40 * MIB);
    messages.whenRoom(read);
    expect(reads).toBe(1);
    messages.announce(40 * MIB);
    messages.deliver('second', 40 * MIB);
    messages.whenRoom(read);
    expect(reads).toBe(1);
    messages.done('first');
    expect(reads).toBe(2);
    expect(held()).toBe(40 * MIB);
  });

  it('gives everything back at its end, and nothing twice', () => {
    const { messages, held } = holding();
    messages.announce(10);
    messages.deliver('one', 25);
    messages.announce(5);
    expect(held()).toBe(30);
    messages.end();
    messages.done('one');
    messages.end();
    expect(held()).toBe(0);
  });
});
