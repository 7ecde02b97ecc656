import { setTimeout as sleep } from 'node:timers/promises';
import { atLeast, atMost, figure, ratio } from '../lib/figures.mjs';
import { identity } from '../lib/models.mjs';
import { startChild } from '../lib/child.mjs';
import { allMs, cpuByRole, cpuPerRequest } from '../lib/process-tree.mjs';

const IN_FLIGHT = [1, 16, 64];

/** What two single commits a request reached, whatever came before and after them (issue 4). */
const SINGLE_COMMITS_PER_SECOND = 580;

/** What the record may add to a request, in CPU of all processes. */
const ADDED_MS = 0.5;

/** Requests of one measurement: enough that the ticks of 10 ms of some ten processes are a hundredth of a millisecond a request. */
const requestsOf = (inFlight, context) => (inFlight === 1 ? context.ms(800, 400) : context.ms(3_000, 1_500));

/** The ledger follows within this time (wake-up.ts): what it still does for the requests that were counted belongs to them. */
const LEDGER_FOLLOWS_MS = 800;

/** The processes of a platform in split shape in which a record costs something. */
const ROLES = ['gateway', 'router', 'host', 'recorder', 'postgres'];

/** As many requests of both, in the same order of loads: what is not compiled yet is as much of the one as of the other. */
async function warm(context, roads, request) {
  const steps = context.ms(10, 4);
  for (let step = 0; step < steps; step += 1) {
    context.say(`warming up, ${step + 1} of ${steps}`);
    for (const { load } of roads) {
      await load.run(request, { inFlight: 16, count: 2_000, forMs: 60_000 });
      await load.run(request, { inFlight: 1, count: 200, forMs: 60_000 });
    }
  }
}

async function measure({ platform, load }, { request, inFlight, count }) {
  const before = cpuByRole(platform.pid);
  const { done, endsMs } = await load.run(request, { inFlight, count, forMs: 60_000 });
  await sleep(LEDGER_FOLLOWS_MS);
  const cpu = cpuPerRequest(before, cpuByRole(platform.pid), done);
  return { perSecond: (done * 1000) / endsMs.at(-1), cpu };
}

export const record = {
  name: 'record',
  title: 'The durable record: what it adds, and how fast',
  shows:
    'Requests of 4 kB of which each is accepted and completed durably in PostgreSQL before its answer leaves, beside the same without the record: two platforms, up side by side, warmed by as many requests each, asked in turns. CPU is that of all processes of a platform, PostgreSQL and the ledger included, until the ledger has caught up. Beside it two bare INSERT commits a request from as many callers on the same database, with at most 16 connections.',
  seconds: { full: 200, quick: 60 },
  async run(context) {
    const repository = `${context.folder}/models`;
    const model = await identity(repository);
    const request = { model: model.name, inputs: model.inputs };
    const roads = await context.recordedAndNot({ repositories: [repository], request, door: 'native+wire' });
    const on = roads.find(({ record: kept }) => kept === 'on');
    const off = roads.find(({ record: kept }) => kept === 'off');
    const commits =
      on && (await startChild(new URL('../lib/commits-child.mjs', import.meta.url), [on.platform.databaseUrl]));
    if (commits) context.defer(() => commits.close());
    await warm(context, roads, request);

    const cells = IN_FLIGHT.map((inFlight) => ({ inFlight, on: [], off: [], commits: [] }));
    const rounds = context.rounds(6, 2);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      for (const cell of cells) {
        const { inFlight } = cell;
        const count = requestsOf(inFlight, context);
        if (commits) cell.commits.push(await commits.ask({ callers: inFlight, forMs: 500 }));
        // Who comes first has the machine as the one before left it, so they take turns in that too.
        for (const road of round % 2 === 0 ? roads : roads.toReversed())
          cell[road.record].push(await measure(road, { request, inFlight, count }));
      }
    }
    const rates = (taken) => taken.map((round) => round.perSecond);
    const all = (taken) => taken.map(({ cpu }) => allMs(cpu));
    const of = (role) => (taken) => taken.map(({ cpu }) => cpu[role] ?? 0);
    const added = ({ cell, cpu, label, target }) => {
      const [measured, baseline] = [cpu(cell.on), cpu(cell.off)];
      return figure({
        label,
        unit: 'ms',
        rounds: measured.map((value, round) => value - baseline[round]),
        target,
        measured: { unit: 'ms', rounds: measured },
        baseline: { label: 'record off', unit: 'ms', rounds: baseline },
      });
    };
    const groups = [];
    if (on) {
      groups.push({
        title: 'Recorded requests a second',
        figures: cells.map((cell) =>
          figure({
            label: `${cell.inFlight} in flight`,
            unit: '1/s',
            rounds: rates(cell.on),
            target: cell.inFlight === 64 ? atLeast(SINGLE_COMMITS_PER_SECOND) : undefined,
            baseline: { label: 'two bare commits', unit: '1/s', rounds: cell.commits },
          }),
        ),
      });
    }
    if (on && off) {
      groups.push(
        {
          title: 'With the record over without',
          figures: cells.map((cell) =>
            ratio({
              label: `${cell.inFlight} in flight`,
              measured: { unit: '1/s', rounds: rates(cell.on) },
              baseline: { label: 'record off', unit: '1/s', rounds: rates(cell.off) },
            }),
          ),
        },
        {
          title: 'CPU that the record adds to a request, all processes',
          figures: cells.map((cell) =>
            added({ cell, cpu: all, label: `${cell.inFlight} in flight`, target: atMost(ADDED_MS) }),
          ),
        },
        ...cells.map((cell) => ({
          title: `The same by process, ${cell.inFlight} in flight`,
          figures: (context.shape === 'single' ? ['platform', 'postgres'] : ROLES).map((role) =>
            added({ cell, cpu: of(role), label: role }),
          ),
        })),
      );
    }
    return {
      groups,
      notes: off ? [] : ['Serving without the record was not asked for, or is not offered by this build.'],
    };
  },
};
