import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** `kubectl` of the control plane: resolves with what it printed, rejects with what it complained of. */
export const kubectlOf =
  (programs, kubeconfig) =>
  (args, input = '') =>
    new Promise((resolve, reject) => {
      const child = spawn(join(programs, 'kubectl'), ['--kubeconfig', kubeconfig, ...args]);
      const said = { stdout: [], stderr: [] };
      for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => said[name].push(chunk));
      child.once('error', reject);
      child.once('close', (status) => {
        const text = (name) => Buffer.concat(said[name]).toString();
        if (status === 0) resolve(text('stdout'));
        else reject(new Error(`kubectl ${args.join(' ')}: ${text('stderr').trim()}`));
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
