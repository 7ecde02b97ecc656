// What the builds of Go programs share: the tool itself, modules as go.sum knows them, and a build that tells how far it is.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MissingToolError } from '../real/missing-tool.mjs';
import { leash, unleash } from './leash.mjs';

const OLDEST_GO = [1, 26];
const SAY_EVERY_MS = 10_000;
const KEPT_LINES = 30;
/* What is committed decides what is built: no go.mod is changed on the way, no other Go is fetched, no C is linked. */
const ENVIRONMENT = {
  CGO_ENABLED: '0',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
  GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
};

const go = (folder, args) =>
  spawnSync('go', args, { cwd: folder, env: { ...process.env, ...ENVIRONMENT }, encoding: 'utf8', maxBuffer: 2 ** 26 });

/** @throws MissingToolError where there is no Go, or an older one */
export function requireGo() {
  const { stdout, error } = spawnSync('go', ['env', 'GOVERSION'], {
    env: { ...process.env, ...ENVIRONMENT },
    encoding: 'utf8',
  });
  const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  const isNewEnough = Number(major) > OLDEST_GO[0] || (Number(major) === OLDEST_GO[0] && Number(minor) >= OLDEST_GO[1]);
  if (error === undefined && isNewEnough) return;
  const found = error === undefined ? `Go ${major}.${minor} is here` : 'no "go" is on the PATH';
  throw new MissingToolError(
    `the control plane is built by Go ${OLDEST_GO.join('.')} or newer; ${found} (https://go.dev/dl)`,
  );
}

/**
 * Where the sources of modules lie, fetched if they are not there yet and checked against the go.sum of `folder`.
 * @returns {Map<string, string>} folder by module path
 */
export function moduleFolders(folder) {
  const { status, stdout, stderr } = go(folder, ['mod', 'download', '-json']);
  if (status !== 0) throw new Error(`the modules of ${folder} could not be fetched:\n${stdout}${stderr}`);
  const modules = JSON.parse(`[${stdout.replaceAll(/^\}$/gm, '},').replace(/,\s*$/, '')}]`);
  return new Map(modules.map(({ Path, Dir }) => [Path, Dir]));
}

/** How many packages a build compiles at most. */
function countPackages(folder, packages) {
  const { status, stdout, stderr } = go(folder, ['list', '-deps', ...packages]);
  if (status !== 0) throw new Error(`the packages of ${folder} could not be listed:\n${stderr}`);
  return stdout.trim().split('\n').length;
}

/** Compiles programs of the module at `folder` into the folder `output`; says every few seconds how far it is. */
export async function buildGo({ folder, packages = ['.'], output, link = {}, name, say }) {
  say(`${name}: Go fetches the modules ...`);
  const total = countPackages(folder, packages);
  const variables = Object.entries(link).map(([variable, value]) => `-X ${variable}=${value}`);
  const flags = ['-v', '-ldflags', ['-s', '-w', ...variables].join(' '), '-o', `${output}/`];
  say(`${name}: Go compiles up to ${total} packages (once; 15 minutes or more where none of them is compiled yet) ...`);
  const build = spawn('go', ['build', ...flags, ...packages], {
    cwd: folder,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  leash(build.pid);
  let compiled = 0;
  const lines = [];
  createInterface({ input: build.stderr }).on('line', (line) => {
    compiled += 1;
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
  });
  const beganAt = performance.now();
  const seconds = () => ((performance.now() - beganAt) / 1000).toFixed(0);
  const teller = setInterval(() => say(`${name}: ${compiled} packages compiled in ${seconds()} s ...`), SAY_EVERY_MS);
  const code = await new Promise((resolve) => build.once('close', resolve));
  clearInterval(teller);
  unleash(build.pid);
  if (code !== 0) throw new Error(`${name}: Go could not build it (status ${code}):\n${lines.join('\n')}`);
  say(`${name}: built in ${seconds()} s`);
}
