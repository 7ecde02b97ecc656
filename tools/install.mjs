// Makes sure that the packages of the lockfile are there. Imports nothing outside Node's own modules: it runs before anything
// is installed, on whatever Node the host has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const bundled = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** npm writes this file at the end of an install: older than the lockfile means that another install is due. */
function isInstalled() {
  const marker = join(modules, '.package-lock.json');
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs - 1000;
}

/** Installs where that is due; ends the process with a sentence when it cannot. Returns the Node to run everything with. */
export function ensureInstalled() {
  if (!isInstalled()) {
    console.log('medserve: installing packages (one or two minutes the first time) ...');
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      // ONNX Runtime's post-install would look for CUDA libraries outside; the CPU library is in the package.
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
    if (npm.status !== 0) {
      console.error(
        'medserve: "npm ci" failed; its messages are above. Check the connection to the npm registry and try again.',
      );
      process.exit(1);
    }
  }
  if (existsSync(bundled)) return bundled;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    'medserve runs on Node 24, which npm brings for Linux and Windows; here, install Node 24 and try again.',
  );
  return process.exit(1);
}
