import { atLeast, figure, ratio } from '../lib/figures.mjs';
import { identity } from '../lib/models.mjs';
import { startChild } from '../lib/child.mjs';
import { allMs, cpuByRole, cpuPerRequest } from '../lib/process-tree.mjs';

const IN_FLIGHT = [1, 8, 64];

/** What two single commits a request reached, whatever came before and after them (issue 4). */
const SINGLE_COMMITS_PER_SECOND = 580;

export const record = {
  name: 'record',
  title: 'The durable record at speed',
  shows:
    'Requests a second of 4 kB of which each is accepted and completed durably in PostgreSQL before its answer leaves. Beside it the same without the record, and two bare INSERT commits a request from as many callers on the same database, with at most 16 connections.',
  seconds: { full: 75, quick: 24 },
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
    for (const { load } of roads) await load.run(request, { inFlight: 8, forMs: context.ms(3_000, 1_000) });

    const forMs = context.ms(2_000, 800);
    const cells = IN_FLIGHT.map((inFlight) => ({ inFlight, on: [], off: [], commits: [] }));
    const measured = async ({ platform, load }, inFlight) => {
      const before = cpuByRole(platform.pid);
      const { done, perSecond } = await load.run(request, { inFlight, forMs });
      const cpu = cpuPerRequest(before, cpuByRole(platform.pid), done);
      return { perSecond, cpuMs: allMs(cpu) };
    };
    const rounds = context.rounds(4, 2);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      for (const cell of cells) {
        if (commits) cell.commits.push(await commits.ask({ callers: cell.inFlight, forMs: forMs / 2 }));
        if (on) cell.on.push(await measured(on, cell.inFlight));
        if (off) cell.off.push(await measured(off, cell.inFlight));
      }
    }
    const rates = (taken) => taken.map((round) => round.perSecond);
    const cpu = (taken) => taken.map((round) => round.cpuMs);
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
          title: 'CPU of all processes a request, recorder and PostgreSQL among them',
          figures: cells.map((cell) =>
            figure({
              label: `${cell.inFlight} in flight`,
              unit: 'ms',
              rounds: cpu(cell.on),
              baseline: { label: 'record off', unit: 'ms', rounds: cpu(cell.off) },
            }),
          ),
        },
      );
    }
    return {
      groups,
      notes: off ? [] : ['Serving without the record was not asked for, or is not offered by this build.'],
    };
  },
};
