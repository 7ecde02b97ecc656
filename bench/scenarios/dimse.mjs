import { spawn, spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Skipped } from '../lib/context.mjs';
import { writeSlices } from '../lib/ct-slices.mjs';
import { atMost, figure, ratio } from '../lib/figures.mjs';

const SLICES = 200;
const AT_ONCE = [1, 4];
/** Without it DCMTK waits 40 ms for each slice: Nagle's algorithm against delayed acknowledgement. */
const QUICK = { ...process.env, TCP_NODELAY: '1' };
const PDU = ['-pdu', '131072'];
const LISTENS_WITHIN_MS = 5_000;

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

/** DCMTK's storescp, bit preserving, a process an association: what comes goes to the page cache. */
async function startStorescp(folder) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const child = spawn('storescp', ['--fork', '+B', ...PDU, '-od', folder, String(port)], {
    stdio: 'ignore',
    env: QUICK,
  });
  for (let waitedMs = 0; waitedMs < LISTENS_WITHIN_MS; waitedMs += 20) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) break;
    await sleep(20);
  }
  return { address: `127.0.0.1:${port}`, close: () => void child.kill() };
}

/** Seconds that as many storescu as there are folders take at once. */
async function sent(address, folders) {
  const [host, port] = address.split(':');
  const began = performance.now();
  const codes = await Promise.all(
    folders.map(async (folder) => {
      const words = ['-R', '+sd', '-aet', 'BENCH', '-aec', 'MEDSERVE', ...PDU, host, port, folder];
      const [code] = await once(spawn('storescu', words, { stdio: 'ignore', env: QUICK }), 'exit');
      return code;
    }),
  );
  if (codes.some((code) => code !== 0)) throw new Error('A slice was not stored.');
  return (performance.now() - began) / 1000;
}

/** Seconds for the same bytes to be written to new files, one after the other, each synced. */
function written(folders, place) {
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  mkdirSync(place, { recursive: true });
  const began = performance.now();
  for (const [at, bytes] of files.entries()) {
    const file = openSync(join(place, String(at)), 'wx');
    writeSync(file, bytes);
    fdatasyncSync(file);
    closeSync(file);
  }
  return (performance.now() - began) / 1000;
}

export const dimse = {
  name: 'dimse',
  title: 'A study by C-STORE, durable',
  shows:
    'Seconds for 200 CT slices (105 MB) by storescu, of which each is on disk and in the index before its 0000, over one association and over four at once. Beside it storescp with TCP_NODELAY, which writes to the page cache and syncs nothing, and the same bytes written to files that are each synced, and nothing else.',
  seconds: { full: 60, quick: 30 },
  async run(context) {
    if (spawnSync('storescu', ['--version']).error) throw new Skipped('DCMTK is not installed');
    const platform = await context.platform({ repositories: [], options: ['--dicom-port', '0'] });
    const peer = await startStorescp(join(context.folder, 'storescp'));
    context.defer(() => peer.close());
    const cells = AT_ONCE.map((associations) => ({ associations, ours: [], peer: [], disk: [] }));
    const rounds = context.rounds(5, 2);
    for (let round = -1; round < rounds; round += 1) {
      context.say(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`);
      for (const cell of cells) {
        const place = join(context.folder, 'slices');
        const folders = writeSlices(place, SLICES, cell.associations);
        const taken = {
          peer: await sent(peer.address, folders),
          ours: await sent(platform.dimse, folders),
          disk: written(folders, join(place, 'written')),
        };
        if (round >= 0) for (const [name, seconds] of Object.entries(taken)) cell[name].push(seconds);
        rmSync(place, { recursive: true, force: true });
      }
    }
    const label = ({ associations }) => (associations === 1 ? 'one association' : `${associations} associations`);
    return {
      groups: [
        {
          title: 'Seconds for 200 slices, durable, over storescp, which syncs nothing',
          figures: cells.map((cell) =>
            ratio({
              label: label(cell),
              target: cell.associations === 1 ? atMost(3) : undefined,
              measured: { unit: 's', rounds: cell.ours },
              baseline: { label: 'storescp', unit: 's', rounds: cell.peer },
            }),
          ),
        },
        {
          title: 'Seconds for 200 slices, durable',
          figures: cells.map((cell) =>
            figure({
              label: label(cell),
              unit: 's',
              rounds: cell.ours,
              baseline: { label: 'write and fdatasync', unit: 's', rounds: cell.disk },
            }),
          ),
        },
      ],
      notes: [],
    };
  },
};
