/**
 * Many worlds, each with the faults that its seed chooses: `npm run test:simulation -- --seeds 20000`. A failing seed is printed with
 * how to see it again; one that found a mistake is added to kept-seeds.json, and stays.
 */
import keptSeeds from './kept-seeds.json';
import { MUTANTS } from './mutants';
import { simulate } from './world/simulate';

const SEEDS = Number(process.env['MEDSERVE_SIMULATION_SEEDS'] ?? 200);
const FIRST = Number(process.env['MEDSERVE_SIMULATION_FIRST'] ?? 1);
const STEPS = Number(process.env['MEDSERVE_SIMULATION_STEPS'] ?? 200);
/** Within so many seeds a planted bug is found. */
const MUTANT_SEEDS = 1_000;

jest.setTimeout(1_800_000);

async function expectHolds(seed: number): Promise<{ requests: number; answers: number; steps: number }> {
  const outcome = await simulate(seed, STEPS);
  if (outcome.violations.length > 0) {
    const [first] = outcome.violations;
    throw new Error(
      `seed ${String(seed)}: ${first!.invariant}: ${first!.what} (of ${String(outcome.violations.length)})\n` +
        `see it again: npm run test:simulation -- --first ${String(seed)} --seeds 1 --steps ${String(STEPS)}`,
    );
  }
  return outcome;
}

describe('a simulated platform', () => {
  it(`keeps its promises in ${String(SEEDS)} worlds of ${String(STEPS)} steps, from seed ${String(FIRST)}`, async () => {
    const sum = { requests: 0, answers: 0, steps: 0 };
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const { requests, answers, steps } = await expectHolds(seed);
      sum.requests += requests;
      sum.answers += answers;
      sum.steps += steps;
    }
    // A world in which nothing happens proves nothing.
    expect(sum.answers).toBeGreaterThan(SEEDS);
    if (SEEDS >= 1_000) console.log(`${String(SEEDS)} worlds:`, sum);
  });

  it('keeps them in the worlds that once showed a mistake', async () => {
    for (const seed of keptSeeds) await expectHolds(seed);
  });

  it('is the same world for the same seed, and another for another', async () => {
    const once = await simulate(5, STEPS);
    expect(await simulate(5, STEPS)).toEqual(once);
    expect((await simulate(6, STEPS)).digest).not.toBe(once.digest);
  });
});

describe('a bug that was planted', () => {
  it.each(MUTANTS.map((mutant) => [mutant.bug, mutant] as const))('%s: is found', async (_bug, { parts, breaks }) => {
    for (let seed = 1; seed <= MUTANT_SEEDS; seed += 1) {
      const { violations } = await simulate(seed, STEPS, parts());
      if (violations.some(({ invariant }) => breaks.includes(invariant))) return;
    }
    throw new Error(`not found in ${String(MUTANT_SEEDS)} worlds`);
  });
});
