import { setTimeout as sleep } from 'node:timers/promises';
import { bareColdStart } from '../lib/bare-cold-start.mjs';
import { atMost, figure } from '../lib/figures.mjs';
import { coldModels } from '../lib/models.mjs';
import { processesOf } from '../lib/process-tree.mjs';
import { publish } from '../lib/publish.mjs';

/** After a model was loaded the pool makes the next process; nothing tells from outside when that one is ready. */
const POOL_FILLS_MS = 1_500;

/** Ends the process that waits without a model, the one started last, so that the next model has to begin with none. */
function emptyPool(platform) {
  const [waiting] = processesOf(platform.pid, 'host');
  if (waiting !== undefined) process.kill(waiting, 'SIGKILL');
}

async function firstAnswer(load, model) {
  const result = await load.run({ model: model.name, inputs: model.inputs }, { inFlight: 1, count: 1, forMs: 60_000 });
  return result.totals[0];
}

export const coldStart = {
  name: 'cold-start',
  title: 'From a model on disk to its first answer',
  shows:
    'Time of the first request to a model of 47 MB that no process has loaded, as its caller sees it: with a process waiting in the pool, and with none; as plain files, and as a published package (optimised graph, weights in a file of their own). The baseline is a process that starts, loads ONNX Runtime and the model, runs it once and ends.',
  seconds: { full: 70, quick: 27 },
  async run(context) {
    const rounds = context.rounds(5, 2);
    const repository = `${context.folder}/models`;
    context.say('writing the models');
    // Two of each kind a round: one for the pool and one for the empty pool, and one to begin with.
    const plain = coldModels(repository, 'cold-plain', 2 * rounds + 1);
    const notes = [];
    const published = await publish({
      sources: plain.slice(1),
      repository: `${context.folder}/published`,
      context,
      notes,
    });
    const platform = await context.platform({
      repositories: [repository, ...(published.length === 0 ? [] : [`${context.folder}/published`])],
      environment: { MEDSERVE_POD_MEMORY: String(12 * 2 ** 30) },
    });
    const load = await context.load(platform);
    const [first, ...rest] = plain;
    await load.probe({ model: first.name, inputs: first.inputs }, 'a model in the layout of Triton');
    const kinds = [
      { kind: 'published', models: published },
      { kind: 'plain', models: rest },
    ].filter(({ models }) => models.length > 0);
    const taken = { bare: [] };
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      taken.bare.push(await bareColdStart(first));
      for (const { kind, models } of kinds) {
        for (const isPooled of [true, false]) {
          await sleep(POOL_FILLS_MS);
          if (!isPooled) emptyPool(platform);
          const name = `${kind} ${isPooled ? 'pooled' : 'empty'}`;
          (taken[name] ??= []).push(await firstAnswer(load, models[2 * round + (isPooled ? 0 : 1)]));
        }
      }
    }
    const baseline = { label: 'bare process', unit: 'ms', rounds: taken.bare };
    const of = (name, label, target) => figure({ label, unit: 'ms', rounds: taken[name] ?? [], target, baseline });
    return {
      groups: [
        {
          title: 'First answer of a cold model of 47 MB',
          figures: [
            of('published pooled', 'published, from the pool', atMost(70)),
            of('published empty', 'published, from nothing', atMost(250)),
            of('plain pooled', 'plain files, from the pool'),
            of('plain empty', 'plain files, from nothing'),
          ],
        },
      ],
      notes: [...notes, 'The files are in the page cache: they were just written.'],
    };
  },
};
