import { existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { homeAt, makeHome, type Home } from '../home/home';
import { HomeInUseError, lockHome } from '../home/lock';
import { friendlyVoice, jsonVoice, type Voice } from '../output/say';
import { builtConsole, builtInModels, version } from '../package';
import { openDatabase, type Database } from './database';
import { writeLocalFleet } from './local-fleet';
import { modelPools } from './model-pools';
import { modelTrust } from './model-trust';
import type { UpOptions } from './options';
import { dicomPort, dicomVariables } from './dicom-options';
import { ensureFree } from './ports';
import type { Ready, Running } from '../home/ready';
import { runKey, type RunKey } from './run-key';
import { Supervisor } from './supervisor';
import { welcome } from './welcome';
import { writeWhole } from './write-whole';

const MOST_WORDS = 20;

/** `medserve up`: starts everything, says where to look, and runs until it is told to stop. Resolves with the exit status. */
export async function up(options: UpOptions): Promise<number> {
  const voice = options.json ? jsonVoice() : friendlyVoice();
  const home = homeAt(options.home);
  const missing = options.models.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new Error(`there is no folder ${missing}, which --models names`);
  if (options.readyFile !== undefined && !existsSync(dirname(resolve(options.readyFile))))
    throw new Error(`there is no folder for ${options.readyFile}, which --ready-file names`);
  makeHome(home);
  let unlock: () => void;
  try {
    unlock = lockHome(home.lock);
  } catch (error) {
    if (!(error instanceof HomeInUseError)) throw error;
    process.stderr.write(`${error.message}\nStop it first, or choose another folder with --home.\n`);
    return 1;
  }
  try {
    await ensureFree({ '--port': options.port, '--grpc-port': options.grpcPort });
    return await runUntilStopped(options, home, voice);
  } finally {
    unlock();
  }
}

async function runUntilStopped(options: UpOptions, home: Home, voice: Voice): Promise<number> {
  const stopAsked = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        stop();
      });
    }
  });
  const began = performance.now();
  const supervisor = new Supervisor({
    home,
    shape: options.shape,
    pool: options.pods && writeLocalFleet(home, options.pods),
    onLine: (service, line) => {
      voice.relay(service, line);
    },
    onDeath: (service, how) => {
      voice.say(`medserve: ${service} ended (${how}); starting it again`, { event: 'restart', child: service });
    },
    onScale: (count, because) => {
      voice.say(`medserve: ${count === 1 ? 'one pod' : `${String(count)} pods`} from now on (${because})`, {
        event: 'scale',
        count,
        because,
      });
    },
    onPodFailed: (service, error) => {
      voice.say(`medserve: ${error.message}; trying again`, { event: 'restart-failed', child: service });
    },
  });
  let database: Database | undefined;
  let key: RunKey | undefined;
  try {
    const pools = await modelPools(options.pools);
    database = await openDatabase(home, voice);
    key = await runKey(database, home);
    const trust = await modelTrust(home.root);
    const starting = supervisor.start({
      databaseUrl: database.nearUrl,
      httpPort: options.port,
      grpcPort: options.grpcPort,
      repositories: [builtInModels(), ...options.models.map((folder) => resolve(folder))],
      models: { ...trust.environment, ...pools },
      console: builtConsole(),
      dicomPort: await dicomPort(options.dicom, voice),
      dicom: dicomVariables(options.dicom),
    });
    const addresses = await Promise.race([starting, stopAsked.then(() => undefined)]);
    if (addresses !== undefined) {
      const ready: Ready = {
        pid: process.pid,
        url: addresses['url'] ?? '',
        grpc: addresses['grpc'] ?? '',
        key: key.key,
        home: home.root,
        version: version(),
        dimse: addresses['dimse'] ?? '',
        aet: addresses['aet'] ?? '',
        dicomweb: addresses['dicomweb'] ?? '',
        console: addresses['console'] ?? '',
      };
      writeWhole(home.running, line({ ...ready, databaseUrl: database.url } satisfies Running));
      if (options.readyFile !== undefined) writeWhole(options.readyFile, line(ready));
      const tookMs = performance.now() - began;
      const address = ready.console === '' || options.json ? '' : await key.consoleAddress(ready.console);
      voice.say(options.json ? 'ready' : welcome(ready, address, tookMs), {
        event: 'ready',
        url: ready.url,
        grpc: ready.grpc,
        dimse: ready.dimse,
      });
      voice.say(trust.words, { event: 'model-trust' });
      await stopAsked;
    }
    voice.say('medserve: stopping ...', { event: 'stopping' });
    return 0;
  } catch (error) {
    process.stderr.write(`medserve could not start: ${(error as Error).message}\n`);
    for (const line of wordsOf(supervisor)) process.stderr.write(`  ${line}\n`);
    process.stderr.write(`"medserve doctor" looks for the usual causes; the logs are in ${home.logs}.\n`);
    return 1;
  } finally {
    rmSync(home.running, { force: true });
    if (options.readyFile !== undefined) rmSync(options.readyFile, { force: true });
    await supervisor.stop();
    await key?.revoke();
    await database?.close();
  }
}

/** What the services said for people, and only where they said nothing of that kind the last lines of their logs, which are JSON. */
function wordsOf(supervisor: Supervisor): readonly string[] {
  const lines = supervisor.lastWords();
  const plain = lines.filter((text) => !text.startsWith('{'));
  return (plain.length > 0 ? plain : lines).slice(-MOST_WORDS);
}

const line = (content: object): string => `${JSON.stringify(content)}\n`;
