import { parseFleet } from '@medserve/fleet';
import type { PoolDemand } from '@medserve/contracts';
import { FakeClock } from '../testing/fake-clock';
import { demandOf } from '@medserve/testkit';
import { fleetText, POOL } from '../testing/harness';
import { Decisions } from './decisions';

const SECOND = 1_000;

/** Decisions over routers that are heard by the test. */
class Scene {
  readonly clock = new FakeClock();
  readonly cut: string[] = [];
  readonly decisions: Decisions;

  constructor(change: object = {}) {
    const rules = {
      cooldown: 'keda' as const,
      keepMs: 30 * SECOND,
      maxRouterSlots: 100,
      onCut: (address: string) => this.cut.push(address),
    };
    this.decisions = new Decisions(rules, parseFleet(fleetText(change)), this.clock);
    this.decisions.sourcesRead(true);
  }

  hear(router: string, change: Partial<PoolDemand>, address = router): void {
    this.decisions.hear(address, { router, pools: [demandOf(POOL, change)] });
  }

  /** Lets seconds pass in which these routers say the same as they last did. */
  pass(seconds: number, speaking: Readonly<Record<string, number>> = {}): void {
    for (let second = 0; second < seconds; second += 1) {
      this.clock.pass(SECOND);
      for (const [router, slots] of Object.entries(speaking))
        this.hear(router, { active: slots > 0, runningSlots: slots, recent: [slots] });
      this.decisions.tick();
    }
  }

  get slots(): number {
    const { figures } = this.state;
    return figures.queuedSlots + figures.runningSlots;
  }

  get state() {
    const state = this.decisions.get(POOL);
    if (!state) throw new Error('no such pool');
    return state;
  }
}

describe('what is decided from the demand of several routers', () => {
  it('counts the last word of a silent router for 30 seconds, and not that of the others less', () => {
    const scene = new Scene();
    for (const router of ['a', 'b']) scene.decisions.expect(router);
    scene.hear('a', { active: true, runningSlots: 8 });
    scene.hear('b', { active: true, runningSlots: 5 });
    scene.pass(30, { a: 8 });
    expect(scene.slots).toBe(13);
    scene.pass(1, { a: 8 });
    expect(scene.slots).toBe(8);
    expect(scene.decisions.routers).toEqual({ heard: 1, silent: 1, unknown: 0 });
  });

  it('is nothing any more when every router is silent for longer: replicas freeze', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    scene.hear('a', { active: true, runningSlots: 8, readyReplicas: 3 });
    scene.pass(30);
    expect(scene.state.decision?.replicas).toBeGreaterThan(0);
    scene.pass(1);
    expect(scene.state).toMatchObject({ decision: undefined, isActive: false });
    expect(() => scene.decisions.decisionOf(scene.state)).toThrow('No router that knows the pool is heard');
    scene.hear('a', { active: true, runningSlots: 8, readyReplicas: 3, recent: Array.from({ length: 62 }, () => 8) });
    expect(scene.state.decision?.replicas).toBe(3);
  });

  it('waits for every router that is known, for as long as its word would count', () => {
    const scene = new Scene();
    for (const router of ['a', 'b']) scene.decisions.expect(router);
    scene.pass(29, { a: 8 });
    expect(scene.decisions.isRebuilt).toBe(false);
    scene.pass(1, { a: 8 });
    expect(scene.decisions.isRebuilt).toBe(true);
  });

  it('does not wait for a router that is gone', () => {
    const scene = new Scene();
    for (const router of ['a', 'b']) scene.decisions.expect(router);
    scene.pass(1, { a: 8 });
    expect(scene.decisions.isRebuilt).toBe(false);
    scene.decisions.forget('b');
    expect(scene.decisions.isRebuilt).toBe(true);
  });

  it('waits until every source of addresses was read: there may be more routers', () => {
    const scene = new Scene();
    scene.decisions.sourcesRead(false);
    scene.decisions.expect('a');
    scene.pass(2, { a: 8 });
    expect(scene.decisions.isRebuilt).toBe(false);
    scene.decisions.sourcesRead(true);
    expect(scene.decisions.isRebuilt).toBe(true);
  });

  it('is not undone by a router that comes later', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    scene.pass(2, { a: 8 });
    scene.decisions.expect('b');
    scene.pass(1, { a: 8 });
    expect(scene.state.isActive).toBe(true);
  });

  it('counts each second of a router once, however often its stream is opened anew', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    const history = Array.from({ length: 900 }, () => 16);
    for (let opened = 0; opened < 5; opened += 1) {
      scene.hear('a', { active: true, runningSlots: 16, recent: history });
      scene.pass(1);
    }
    // 16 slots are 5 replicas of 3.2.
    expect(scene.state.decision).toMatchObject({ wanted: 5, replicas: 5 });
  });

  it('is not moved by words that come a little early or late', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    for (let second = 0; second < 120; second += 1) {
      scene.clock.pass(second % 2 === 0 ? 550 : 1_450);
      scene.hear('a', {
        active: true,
        runningSlots: 16,
        recent: second === 0 ? Array.from({ length: 60 }, () => 16) : [16],
      });
      scene.decisions.tick();
      expect(scene.state.decision?.wanted).toBe(5);
    }
  });

  it('forgets what a router was asked before it was started anew', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    scene.hear('before', { active: true, runningSlots: 8 }, 'a');
    scene.hear('after', { active: false }, 'a');
    expect(scene.slots).toBe(0);
  });

  it('counts a router once that is found at two addresses', () => {
    const scene = new Scene();
    for (const address of ['a', 'b']) {
      scene.decisions.expect(address);
      scene.hear('one', { active: true, runningSlots: 8 }, address);
    }
    expect(scene.slots).toBe(8);
  });

  it('lets no router ask for more than it may, and says so once', () => {
    const scene = new Scene();
    for (const router of ['a', 'b']) scene.decisions.expect(router);
    for (let times = 0; times < 3; times += 1) scene.hear('a', { active: true, queuedSlots: 1e9, runningSlots: 60 });
    scene.hear('b', { active: true, runningSlots: 2 });
    expect(scene.slots).toBe(102);
    expect(scene.cut).toEqual(['a']);
  });

  it('says nothing of a pool that no router speaks of', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    scene.decisions.hear('a', { router: 'a', pools: [demandOf('another')] });
    expect(scene.decisions.isRebuilt).toBe(true);
    expect(scene.state.decision).toBeUndefined();
  });

  it('is decided at once when a pool is asked for something, and keeps it active for as long as the routers linger', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    scene.hear('a', {});
    expect(scene.state.isActive).toBe(false);
    scene.hear('a', { active: true, queuedSlots: 1 });
    expect(scene.state).toMatchObject({ isActive: true, decision: { replicas: 1 } });
    scene.hear('a', { active: true, idleMs: 29 * SECOND });
    scene.decisions.tick();
    expect(scene.state.isActive).toBe(true);
    scene.hear('a', { active: false, idleMs: 31 * SECOND });
    scene.decisions.tick();
    expect(scene.state.isActive).toBe(false);
  });

  it('is active by the calendar alone', () => {
    const scene = new Scene({ floors: [{ from: '09:00', to: '10:00', timeZone: 'UTC', replicas: 2 }] });
    scene.decisions.expect('a');
    scene.hear('a', {});
    expect(scene.state).toMatchObject({ isActive: true, decision: { replicas: 2, floor: 2 } });
  });

  it('takes up another description without taking what was never told for a lull', () => {
    const scene = new Scene({ replicas: { max: 10 } });
    scene.decisions.expect('a');
    scene.hear('a', { active: true, runningSlots: 16, readyReplicas: 5, recent: [16, 16, 16] });
    scene.pass(2, { a: 16 });
    expect(scene.state.decision).toMatchObject({ wanted: 5, replicas: 5 });
    scene.decisions.describe(parseFleet(fleetText({ replicas: { max: 9 } })));
    expect(scene.state.decision).toMatchObject({ wanted: 5, replicas: 5 });
  });

  it('goes on after it was held up for minutes: what it was not told is taken to be as before', () => {
    const scene = new Scene();
    scene.decisions.expect('a');
    scene.hear('a', { active: true, runningSlots: 16, recent: Array.from({ length: 900 }, () => 16) });
    scene.clock.pass(400 * SECOND);
    scene.hear('a', { active: true, runningSlots: 16, recent: [16] });
    scene.decisions.tick();
    expect(scene.state.decision).toMatchObject({ wanted: 5, replicas: 5 });
  });

  it('takes no figure from a router that is none', () => {
    const scene = new Scene();
    for (const router of ['a', 'b']) scene.decisions.expect(router);
    scene.hear('b', { active: true, runningSlots: 16, recent: [16] });
    scene.hear('a', { active: true, queuedSlots: Number.NaN, runningSlots: -5, recent: [Number.NaN] });
    scene.hear('a', { active: true, queuedSlots: Number.NEGATIVE_INFINITY, recent: [-100] });
    scene.pass(1, { b: 16 });
    expect(scene.slots).toBe(16);
    expect(scene.state.decision).toMatchObject({ wanted: 5 });
  });

  it('keeps the hours of the calendar by the clock on the wall, and all else by one that never jumps', () => {
    const scene = new Scene({ floors: [{ from: '10:00', to: '11:00', timeZone: 'UTC', replicas: 2 }] });
    scene.decisions.expect('a');
    scene.pass(60, { a: 16 });
    scene.clock.setWall(Date.parse('2026-03-02T10:30:00Z'));
    scene.pass(1, { a: 16 });
    expect(scene.state.decision).toMatchObject({ wanted: 5, floor: 2 });
    scene.clock.setWall(Date.parse('2026-03-02T08:30:00Z'));
    scene.pass(60, { a: 32 });
    expect(scene.state.decision).toMatchObject({ wanted: 10, floor: 0 });
  });
});
