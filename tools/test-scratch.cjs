const { execFileSync } = require('node:child_process');
const { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } = require('node:fs');
const { freemem } = require('node:os');
const { join } = require('node:path');

const MEMORY = '/dev/shm';
const PREFIX = 'medserve-tests-';
/* A run of all tests holds half a gigabyte of files at a time; the rest is for what the tests start. */
const ENOUGH_BYTES = 8 * 2 ** 30;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/* A run that was killed leaves its folder behind, and that is memory. */
function removeThoseOfTheDead() {
  for (const name of readdirSync(MEMORY)) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

/* Some systems let nothing run from there, and tests write programs. */
function runsPrograms(folder) {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  execFileSync(program, { stdio: 'ignore' });
  rmSync(program);
}

/*
 * A folder in memory for the files of one run of the tests, or undefined where that cannot be: the caller's TMPDIR counts, and memory has
 * to be there. Tests make and remove a hundred thousand files (a database server is a thousand); on ext4 that takes longer than all else
 * they do (docs/decisions/0041).
 *
 * @param pid of the process whose end is the end of the run
 */
function scratchInMemory(pid = process.pid) {
  if (process.platform !== 'linux' || process.env.TMPDIR) return undefined;
  let folder;
  try {
    removeThoseOfTheDead();
    const { bavail, bsize } = statfsSync(MEMORY);
    if (Math.min(bavail * bsize, freemem()) < ENOUGH_BYTES) return undefined;
    folder = mkdtempSync(join(MEMORY, `${PREFIX}${pid}-`));
    // Servers that run as another user pass through it to their own folders.
    chmodSync(folder, 0o711);
    runsPrograms(folder);
    return folder;
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

module.exports = { scratchInMemory };
