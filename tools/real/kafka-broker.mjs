import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './cache.mjs';
import { brokerProperties } from './kafka-properties.mjs';
import { end, ended, hasEnded } from './processes.mjs';

const CLUSTER_ID = 'bWVkc2VydmUtdGVzdHMtMQ';
const READY = 'Kafka Server started';
const READY_WITHIN_MS = 90_000;
/* Measured: half the memory and less than half the start time of the defaults, which are made for servers. */
const JVM = ['-Xms64m', '-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
const LOGGING = `-Dlog4j2.configurationFile=${join(ROOT, 'tools', 'real', 'log4j2.properties')}`;

/** One broker process on a folder of its own; `start` after `kill` or `stop` goes on with the same data and port. */
export class Broker {
  #child;

  constructor({ node, nodes, folder, kafka }) {
    this.id = node.id;
    this.address = `127.0.0.1:${node.port}`;
    this.log = join(folder, `broker-${node.id}.log`);
    this.isAlone = nodes.length === 1;
    this.doors = node.listeners.map(({ name, port }) => [name, `127.0.0.1:${port}`]);
    this.kafka = kafka;
    this.properties = join(folder, `broker-${node.id}.properties`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(this.properties, brokerProperties(node, nodes, join(folder, `data-${node.id}`)));
  }

  get pid() {
    return this.#child?.pid;
  }

  /**
   * Writes the folder's storage format: once, before the first start.
   * @param {readonly string[]} users who may log in by SCRAM, as kafka-storage's --add-scram has it
   */
  async format(users) {
    const logins = users.flatMap((user) => ['--add-scram', user]);
    const args = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', this.properties, ...logins];
    const child = this.#java([], [...args, ...(this.isAlone ? ['--standalone'] : [])]);
    await ended(child);
    if (child.exitCode !== 0) throw new Error(`Kafka could not format its storage:\n${this.#tail()}`);
  }

  /** Resolves when the broker serves. With `archiveTo` it writes the archive of the classes it loaded when it stops. */
  async start(archiveTo) {
    const from = existsSync(this.log) ? statSync(this.log).size : 0;
    const archive = existsSync(this.kafka.archive) ? [`-XX:SharedArchiveFile=${this.kafka.archive}`] : [];
    const flags = archiveTo === undefined ? archive : [`-XX:ArchiveClassesAtExit=${archiveTo}`];
    const child = this.#java(flags, ['kafka.Kafka', this.properties]);
    this.#child = child;
    for (let waitedMs = 0; !this.#said(from).includes(READY); waitedMs += 50) {
      if (hasEnded(child)) throw new Error(`Kafka broker ${this.id} ended before it was ready:\n${this.#tail()}`);
      if (waitedMs > READY_WITHIN_MS) {
        await this.kill();
        throw new Error(`Kafka broker ${this.id} was not ready in ${READY_WITHIN_MS / 1000} s:\n${this.#tail()}`);
      }
      await delay(50);
    }
  }

  async stop() {
    if (this.#child !== undefined) await end(this.#child, 'SIGTERM', 30_000);
  }

  /** kill -9. */
  async kill() {
    if (this.#child !== undefined) await end(this.#child, 'SIGKILL');
  }

  #java(flags, args) {
    const log = openSync(this.log, 'a');
    try {
      const options = [...JVM, ...flags, '-Xshare:auto', '-Xlog:disable', '-Xlog:all=error:stderr', LOGGING];
      // A session of its own: Ctrl-C in the terminal must not end the broker before the tests.
      return spawn('java', [...options, '-cp', this.kafka.classpath, ...args], {
        detached: true,
        stdio: ['ignore', log, log],
      });
    } finally {
      closeSync(log);
    }
  }

  #said(from) {
    return readFileSync(this.log).subarray(from).toString('utf8');
  }

  #tail() {
    return this.#said(0).trim().split('\n').slice(-15).join('\n');
  }
}

/** Moves a finished archive of classes to its place, where later brokers find it. */
export function keepArchive(scratch, archive) {
  if (existsSync(scratch)) renameSync(scratch, archive);
}
