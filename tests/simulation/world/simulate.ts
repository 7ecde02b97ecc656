import { CLASSES } from '@medserve/serving';
import { seededRandom } from '@medserve/runtime/failpoints';
import { ModelBus } from './bus';
import { checkAfterwards } from './check-afterwards';
import { ModelDatabase, type Checkpoint } from './database';
import { ModelGateway, type Ask } from './gateway';
import { REAL, type Parts } from './parts';
import { ModelRecorder } from './recorder';
import { ModelRecords } from './records';
import { ModelRouter } from './router';
import { Life, Simulation } from './simulation';
import { Watch, type Violation } from './watch';

export interface Outcome {
  readonly violations: readonly Violation[];
  /** The same for the same seed. */
  readonly digest: string;
  readonly steps: number;
  readonly requests: number;
  readonly answers: number;
}

const GATEWAYS = 2;
const RECORDERS = 2;
const TENANTS = 3;
/** After the last fault, everything that was committed is in the ledger by then. */
const QUIET_WITHIN_MS = 30_000;
const MOST_ATTEMPTS = 8;
const UNHEARD = 0.2;
const ALWAYS = new Life();

/**
 * One world: clients, gateways, a router, recorders, a broker and a database, whose faults the seed chooses for `steps` steps; then
 * the faults end, and what was promised is checked.
 */
export async function simulate(seed: number, steps: number, parts: Parts = REAL): Promise<Outcome> {
  const simulation = new Simulation(seededRandom(seed));
  const watch = new Watch();
  const database = new ModelDatabase(simulation);
  const records = new ModelRecords(simulation, database, parts);
  const router = new ModelRouter(simulation, parts, watch);
  const bus = new ModelBus(simulation);
  const published: Checkpoint[] = [];
  const shared = { simulation, database, records, router, bus, parts, watch, published };
  const gateways = Array.from({ length: GATEWAYS }, (_, index) => new ModelGateway(`g${String(index)}`, shared));
  const recorders = Array.from({ length: RECORDERS }, () => new ModelRecorder(shared));
  let isFaulty = true;
  let asking = 0;
  let asked = 0;

  const insist = async (ask: Ask): Promise<void> => {
    asking += 1;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const reply = await gateways[simulation.between(0, GATEWAYS - 1)]!.ask(ask);
      simulation.trace(`${ask.key ?? 'no key'}: ${reply.kind}`);
      // Of some answers the client hears nothing: it asks once more.
      const isHeard = reply.kind === 'answer' && !(isFaulty && simulation.chance(UNHEARD));
      if (isHeard || ask.key === undefined) break;
      await simulation.sleep(simulation.between(5, 60), ALWAYS);
    }
    asking -= 1;
  };
  const arrive = (): void => {
    if (!isFaulty) return;
    asked += 1;
    void insist({
      key: simulation.chance(0.8) ? `k${String(asked)}` : undefined,
      class: CLASSES[simulation.between(0, CLASSES.length - 1)]!,
      tenant: `t${String(simulation.between(1, TENANTS))}`,
      withinMs: simulation.between(50, 400),
    });
    simulation.after(simulation.between(1, 14), arrive);
  };

  const outages: readonly [string, () => void, () => void][] = [
    ...gateways.map((gateway, index): [string, () => void, () => void] => [
      `gateway ${String(index)}`,
      () => {
        gateway.crash();
      },
      () => {
        gateway.restart();
      },
    ]),
    ...recorders.map((recorder, index): [string, () => void, () => void] => [
      `recorder ${String(index)}`,
      () => {
        recorder.crash();
      },
      () => {
        recorder.restart();
      },
    ]),
    [
      'router',
      () => {
        router.crash();
      },
      () => {
        router.restart();
      },
    ],
    [
      'database',
      () => {
        database.crash();
      },
      () => {
        database.restart();
      },
    ],
    [
      'broker',
      () => {
        bus.isDown = true;
      },
      () => {
        bus.isDown = false;
      },
    ],
    [
      'replica',
      () => {
        router.crashReplica();
      },
      () => undefined,
    ],
  ];
  const down = new Set<string>();
  const fail = (): void => {
    if (!isFaulty) return;
    const [name, begin, end] = outages[simulation.between(0, outages.length - 1)]!;
    if (!down.has(name)) {
      simulation.trace(`${name} goes`);
      down.add(name);
      begin();
      simulation.after(simulation.between(5, 250), () => {
        simulation.trace(`${name} is back`);
        down.delete(name);
        end();
      });
    }
    simulation.after(simulation.between(5, 60), fail);
  };

  simulation.after(0, arrive);
  simulation.after(simulation.between(10, 60), fail);
  while (simulation.steps < steps) await simulation.step();
  isFaulty = false;
  bus.isQuiet = true;
  database.isQuiet = true;
  const givesUpAtMs = simulation.nowMs + QUIET_WITHIN_MS;
  const isQuiet = (): boolean =>
    asking === 0 &&
    down.size === 0 &&
    database.outbox.size === 0 &&
    [...database.requests.values()].every(({ status }) => status !== 'accepted');
  while (!isQuiet() && simulation.nowMs < givesUpAtMs) await simulation.step();
  checkAfterwards({ database, watch, published });
  return {
    violations: watch.violations,
    digest: simulation.digest,
    steps: simulation.steps,
    requests: database.requests.size,
    answers: watch.answers.length,
  };
}
