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

function come(messages: HeldMessages, bytes: number): void {
  messages.arrived(bytes, bytes);
  messages.completed();
}

describe('the messages that a call holds', () => {
  it('reads on while there is room, and again when there is', () => {
    const { messages, held } = holding();
    let reads = 0;
    const read = () => {
      reads += 1;
    };
    come(messages, 40 * MIB);
    messages.deliver('first');
    messages.whenRoom(read);
    expect(reads).toBe(1);
    come(messages, 40 * MIB);
    messages.deliver('second');
    messages.whenRoom(read);
    expect(reads).toBe(1);
    messages.done('first');
    expect(reads).toBe(2);
    expect(held()).toBe(40 * MIB);
  });

  it('gives everything back at its end, and nothing twice', () => {
    const { messages, held } = holding();
    come(messages, 10);
    messages.inflating()(25);
    messages.deliver('one');
    messages.arrived(1, 5);
    expect(held()).toBe(40);
    messages.end();
    messages.done('one');
    messages.end();
    expect(held()).toBe(0);
  });

  it('counts of a large message what came of it, and little ahead', () => {
    const { messages, held } = holding();
    messages.arrived(0, 512 * MIB);
    expect(held()).toBe(4 * MIB);
    messages.arrived(100 * MIB, 512 * MIB);
    expect(held()).toBe(104 * MIB);
    messages.arrived(512 * MIB, 512 * MIB);
    expect(held()).toBe(512 * MIB);
  });

  it('takes nothing after its end, also of a message that is still being inflated', () => {
    const { messages, held } = holding();
    come(messages, 10);
    const take = messages.inflating();
    messages.end();
    expect(() => {
      take(100);
    }).toThrow(expect.objectContaining({ reason: 'cancelled' }) as Error);
    expect(held()).toBe(0);
  });
});
