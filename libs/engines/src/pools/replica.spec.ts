import fc from 'fast-check';
import { chooseReplica, looked, newReplica, refused, vanished, type Replica } from './replica';

const pool = (count: number): Replica[] =>
  Array.from({ length: count }, (_, at) => newReplica(`http://s${String(at)}`));
const at = (replicas: readonly Replica[], index: number, change: Partial<Replica>): Replica[] =>
  replicas.map((replica, each) => (each === index ? { ...replica, ...change } : replica));

describe('chooseReplica', () => {
  it('sends what shares nothing where the least waits, there or from here', () => {
    const [first, second, third] = pool(3) as [Replica, Replica, Replica];
    const replicas = [
      { ...first, inFlight: 2 },
      { ...second, load: { waiting: 5 } },
      { ...third, inFlight: 1 },
    ];
    expect(chooseReplica(replicas, undefined)?.url).toBe(third.url);
  });

  it('never chooses one that is not serving, nor the one that has just failed', () => {
    const healths = fc.array(fc.constantFrom<Replica['health']>('serving', 'draining', 'gone'), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(healths, fc.option(fc.nat(), { nil: undefined }), fc.nat(7), (health, affinity, avoid) => {
        const replicas = pool(health.length).map((replica, index) => ({ ...replica, health: health[index]! }));
        const avoided = replicas[avoid % replicas.length]!.url;
        const able = replicas.filter((replica) => replica.health === 'serving' && replica.url !== avoided);
        const chosen = chooseReplica(replicas, affinity, avoided);
        if (able.length === 0) expect(chosen).toBeUndefined();
        else expect(able).toContain(chosen);
      }),
    );
  });

  it('keeps an affinity’s server when others come and go', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(4), (affinity, gone) => {
        const replicas = pool(5);
        const before = chooseReplica(replicas, affinity);
        const after = chooseReplica(at(replicas, gone, { health: 'gone' }), affinity);
        if (before !== replicas[gone]) expect(after?.url).toBe(before?.url);
      }),
    );
  });

  it('gives each server its share of affinities', () => {
    const replicas = pool(4);
    const taken = new Map<string | undefined, number>();
    for (let affinity = 0; affinity < 4_000; affinity += 1) {
      const url = chooseReplica(replicas, affinity * 2_654_435_761)?.url;
      taken.set(url, (taken.get(url) ?? 0) + 1);
    }
    for (const count of taken.values()) expect(count).toBeGreaterThan(800);
  });

  it('leaves an affinity’s server that has more than its share for the next of its own', () => {
    const replicas = pool(3);
    const own = chooseReplica(replicas, 7)!;
    const busy = replicas.map((replica) => ({ ...replica, inFlight: replica.url === own.url ? 40 : 8 }));
    const next = chooseReplica(busy, 7);
    expect(next?.url).not.toBe(own.url);
    expect(chooseReplica(busy, 7)?.url).toBe(next?.url);
  });
});

describe('what is known of a server', () => {
  const [replica] = pool(1) as [Replica];

  it('is that it is gone when two looks in a row missed it, and that it is back when one found it', () => {
    const once = looked(replica, undefined);
    expect(once.health).toBe('serving');
    expect(looked(looked(once, 'serving'), undefined).health).toBe('serving');
    const twice = looked(once, undefined);
    expect(twice.health).toBe('gone');
    expect(looked(twice, 'serving')).toMatchObject({ health: 'serving', missed: 0 });
  });

  it('is that it is gone as soon as a request met nobody', () => {
    expect(vanished(replica).health).toBe('gone');
    expect(looked(vanished(replica), undefined).health).toBe('gone');
  });

  it('is that it drains when it refused, until a look says otherwise', () => {
    expect(refused(replica).health).toBe('draining');
    expect(looked(refused(replica), 'serving').health).toBe('serving');
  });
});
