#!/usr/bin/env node
// A real Apache Kafka on loopback, for tests: one broker, or three with a static quorum.
//
//   node tools/real/kafka.mjs [--brokers 1|3] [--dir DIR] [--doors FILE]     (needs Java 17; Maven at the first time)
//
// FILE holds, as JSON, what each broker has beside its plain listener: {"listeners": [{"name", "protocol", "properties"}],
// "users": ["SCRAM-SHA-512=[name=...,password=...]"]}. Where they are stands in the line of "ready": "doors" of the first broker.
//
// As a program it prints a JSON line for what happened ({"event":"ready","brokers":"127.0.0.1:1,...","pids":{"1":123}}) and
// takes one command a line on its standard input: `kill ID` (kill -9), `start ID`, `stop`; each is answered by a line when it
// is done. It ends, with its brokers, at `stop`, at a signal, and when its input closes: so it never outlives a test.
// The brokers' logs and data are under DIR (default: a folder of its own under the system's temporary folder, removed at the end).
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Broker, keepArchive } from './kafka-broker.mjs';
import { ensureKafka } from './kafka-jars.mjs';
import { freePorts } from './ports.mjs';

const NO_DOORS = { listeners: [], users: [] };

/**
 * Starts brokers, ready when it resolves. The first cluster of all makes, as it stops, the archive of Kafka's classes from
 * which later brokers start in half the time.
 */
export async function startKafka({ brokers: count = 1, folder, doors = NO_DOORS, say = () => undefined }) {
  const kafka = await ensureKafka(say);
  const ports = await freePorts((2 + doors.listeners.length) * count);
  const nodes = Array.from({ length: count }, (_, at) => ({
    id: at + 1,
    port: ports.pop(),
    controllerPort: ports.pop(),
    listeners: doors.listeners.map((door) => ({ ...door, port: ports.pop() })),
  }));
  const brokers = nodes.map((node) => new Broker({ node, nodes, folder, kafka }));
  const brokerOf = (id) => {
    const found = brokers.find((broker) => broker.id === id);
    if (found === undefined) throw new Error(`there is no broker ${id}`);
    return found;
  };
  const archive = `${kafka.archive}.${process.pid}`;
  const stop = async () => {
    await Promise.all(brokers.map((broker) => broker.stop()));
    keepArchive(archive, kafka.archive);
  };
  say(`kafka: starting ${count === 1 ? 'a broker' : `${count} brokers`} ...`);
  try {
    await Promise.all(brokers.map((broker) => broker.format(doors.users)));
    const makesArchive = count === 1 && !existsSync(kafka.archive);
    await Promise.all(brokers.map((broker) => broker.start(makesArchive ? archive : undefined)));
  } catch (error) {
    await Promise.all(brokers.map((broker) => broker.kill()));
    throw error;
  }
  return {
    brokers: brokers.map(({ address }) => address).join(','),
    doors: Object.fromEntries(brokers[0].doors),
    pids: () => Object.fromEntries(brokers.map(({ id, pid }) => [id, pid])),
    kill: (id) => brokerOf(id).kill(),
    start: (id) => brokerOf(id).start(),
    stop,
  };
}

async function main() {
  const { values } = parseArgs({
    options: { brokers: { type: 'string', default: '1' }, dir: { type: 'string' }, doors: { type: 'string' } },
  });
  const given = values.dir === undefined ? undefined : resolve(values.dir);
  const folder = given ?? mkdtempSync(join(tmpdir(), 'medserve-kafka-'));
  const tell = (event, more = {}) => process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
  let kafka;
  let ending;
  const end = (code) => {
    ending ??= (async () => {
      await kafka?.stop();
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
      process.exit(code);
    })();
    return ending;
  };
  let isOver = false;
  const onOver = () => {
    isOver = true;
    // While the brokers start, the end comes right after.
    if (kafka !== undefined) void end(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onOver);
  process.stdout.on('error', onOver);
  let turn = Promise.resolve();
  const obey = async (line) => {
    const [command, id] = line.trim().split(' ');
    if (command === 'kill') await kafka.kill(Number(id));
    else if (command === 'start') await kafka.start(Number(id));
    else if (command === 'stop') return end(0);
    else throw new Error(`unknown command: ${line}`);
    tell(command, { broker: Number(id), pids: kafka.pids() });
  };
  const commands = createInterface({ input: process.stdin });
  commands.on('close', onOver);
  try {
    kafka = await startKafka({
      brokers: Number(values.brokers),
      folder,
      ...(values.doors === undefined ? {} : { doors: JSON.parse(readFileSync(values.doors, 'utf8')) }),
      say: (text) => process.stderr.write(`${text}\n`),
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return end(1);
  }
  if (isOver) return end(0);
  tell('ready', { brokers: kafka.brokers, doors: kafka.doors, pids: kafka.pids() });
  commands.on('line', (line) => {
    turn = turn.then(() => obey(line)).catch((error) => tell('failed', { error: error.message }));
  });
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
