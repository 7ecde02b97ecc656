import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { NotOffered, openLoad } from './load/load.mjs';
import { startPlatform } from './platform.mjs';
import { startRaw } from './raw.mjs';

const WITHOUT_RECORD = { MEDSERVE_RECORD: 'off', MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS: 'yes' };

/** Whether the platform keeps no record, as it was told: it says so itself. */
async function isUnrecorded({ url }) {
  const readiness = await (await fetch(`${url}/readyz`)).json();
  return readiness.record === 'off';
}

/** Not to be measured here, for a reason that lies outside the platform. */
export class Skipped extends Error {}

/**
 * What a scenario works with. Whatever it opens is closed when it ends, in the opposite order.
 *
 * @param options `quick`, `shape`, `records`, `rounds`, `profile` of the command line
 */
export function openContext({ options, folder, say }) {
  const steps = [];
  let homes = 0;
  let isClosed = false;
  const closing = async (thing, close) => {
    const opened = await thing;
    // Started for a scenario that was given up meanwhile.
    if (isClosed) await close(opened);
    else steps.unshift(() => close(opened));
    return opened;
  };
  const profiling =
    options.profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profile}` };

  const context = {
    quick: options.quick,
    shape: options.shape,
    /** Which of `on` and `off` are wanted. */
    records: options.records,
    folder,
    say,
    /** The scenario's own number of rounds, unless the caller gave one. */
    rounds: (full, quick) => options.rounds ?? (options.quick ? quick : full),
    /** One of two lengths in milliseconds. */
    ms: (full, quick) => (options.quick ? quick : full),
    defer: (step) => {
      steps.unshift(step);
    },
    /**
     * @param record absent: as the caller of the bench wants it, on where both are wanted
     * @throws NotOffered when it was left to the caller, who wants none, and this build keeps one all the same
     */
    platform: async ({ repositories, shape = options.shape, record: wanted, environment = {}, options: more }) => {
      homes += 1;
      const record = wanted ?? options.records[0];
      say(`starting the platform (${shape}, record ${record})`);
      mkdirSync(join(folder, 'homes'), { recursive: true });
      const started = startPlatform({
        home: join(folder, 'homes', String(homes)),
        repositories,
        shape,
        environment: { ...profiling, ...(record === 'off' ? WITHOUT_RECORD : {}), ...environment },
        options: more,
      });
      const platform = await closing(started, ({ stop }) => stop());
      if (wanted === undefined && record === 'off' && !(await isUnrecorded(platform)))
        throw new NotOffered('serving without the record');
      return platform;
    },
    raw: (models, processes) => closing(startRaw(models, processes), ({ close }) => close()),
    load: (platform, door = 'native') => closing(openLoad({ ...platform, door }), ({ close }) => close()),
    /**
     * The platform once with the record and once without, as far as that was asked for and is offered: `{ record, platform,
     * load }`.
     *
     * @param request one that is answered without much work
     * @param records which of `on` and `off`
     * @param door as of `load`
     * @throws NotOffered when none is left
     */
    recordedAndNot: async ({ repositories, request, records = options.records, shape, door }) => {
      const roads = [];
      for (const record of records) {
        const platform = await context.platform({ repositories, record, shape });
        const load = await context.load(platform, door);
        await load.probe(request, `tensors to ${request.model} over native gRPC`);
        if (record === 'on' || (await isUnrecorded(platform))) roads.push({ record, platform, load });
      }
      if (roads.length === 0) throw new NotOffered('serving without the record');
      return roads;
    },
    /** Like `load`, but a door that this build lacks is left out and told in `notes`: undefined. */
    door: async (platform, door, request, notes) => {
      const load = await context.load(platform, door);
      try {
        await load.probe(request, door);
        return load;
      } catch (error) {
        if (!(error instanceof NotOffered)) throw error;
        notes.push(`Not offered by this build: ${error.message}`);
        return undefined;
      }
    },
    close: async () => {
      isClosed = true;
      const failures = [];
      for (const step of steps.splice(0)) await Promise.resolve(step()).catch((error) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
  return context;
}
