// Ends what a launcher has started when the launcher is gone, however it went (kill -9 too). The launcher tells a small process of its own,
// over a pipe, whom it has started, who has ended, and which folder is scratch; when the pipe closes, those who are left are ended and the
// scratch is removed.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const GRACE_MS = 5_000;
let holder;

function tell(line) {
  if (holder === undefined) {
    holder = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    holder.unref();
    holder.stdin.unref();
    holder.stdin.on('error', () => undefined);
  }
  holder.stdin.write(`${line}\n`);
}

export const leash = (pid) => tell(`+${pid}`);
export const unleash = (pid) => tell(`-${pid}`);
export const leashFolder = (path) => tell(`=${path}`);

const send = (pids, signal) =>
  pids.filter((pid) => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  });

async function hold() {
  const pids = new Set();
  const folders = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) pids.add(pid);
    else if (line.startsWith('-')) pids.delete(pid);
    else folders.push(line.slice(1));
  }
  let left = send([...pids], 'SIGTERM');
  for (let waitedMs = 0; waitedMs < GRACE_MS && left.length > 0; waitedMs += 100) {
    await delay(100);
    left = send(left, 0);
  }
  send(left, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await hold();
