#!/usr/bin/env node
// A real Kubernetes API with KEDA on loopback, without containers, for tests and for trying out manifests by hand.
//
//   node tools/controlplane/up.mjs [--dir DIR]      Ctrl-C ends it
//
// Needs Go 1.26 at the first time, when it builds everything: 15 to 30 minutes, about 10 GB of Go's caches. The programs stay in MEDSERVE_CACHE
// (default .cache/). Data, certificates and logs are under DIR (default: a folder of its own under the system's temporary folder, removed at
// the end). Nodes and pods are KWOK's: only their status is there. Whatever ends this program, even kill -9, ends what it started.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MissingToolError } from '../real/missing-tool.mjs';
import { startCluster } from './cluster.mjs';
import { leashFolder } from './leash.mjs';

const { values } = parseArgs({ options: { dir: { type: 'string' } } });
const folder = values.dir === undefined ? mkdtempSync(join(tmpdir(), 'medserve-controlplane-')) : resolve(values.dir);
mkdirSync(folder, { recursive: true });
if (values.dir === undefined) leashFolder(folder);
const beganAt = performance.now();
const say = (text) => console.log(text);

let onSignal = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => onSignal());
try {
  const cluster = await startCluster({ folder, say });
  say(`ready after ${((performance.now() - beganAt) / 1000).toFixed(0)} s; Ctrl-C ends it.

  export KUBECONFIG=${cluster.kubeconfig}
  export PATH=${cluster.programs}:$PATH
  kubectl get nodes

Logs: ${join(folder, 'logs')}`);
  await new Promise((resolve) => {
    const alive = setInterval(() => undefined, 2 ** 30);
    onSignal = () => {
      clearInterval(alive);
      resolve();
    };
  });
  say('ending ...');
  await cluster.stop();
} catch (error) {
  console.error(error instanceof MissingToolError ? `controlplane: ${error.message}` : error);
  process.exitCode = 1;
}
process.exit();
