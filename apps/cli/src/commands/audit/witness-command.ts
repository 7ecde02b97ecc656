import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FileMemory, loadSigningKey, serveWitness, Witness, witnessKey } from '@medserve/ledger';
import { Command, InvalidArgumentError } from 'commander';
import { print } from './on-log';

interface WitnessOptions {
  readonly name: string;
  readonly dir: string;
  readonly log: readonly string[];
  readonly port: number;
  readonly host: string;
}

function verifierIn(file: string, before: readonly string[] = []): string[] {
  try {
    return [...before, readFileSync(file, 'utf8').trim()];
  } catch {
    throw new InvalidArgumentError('there is no such file');
  }
}

/** Watches that other people's logs only grow (C2SP tlog-witness), until it is interrupted. */
export const witnessCommand = (): Command =>
  new Command('witness')
    .description("watch other hospitals' logs: cosign what only grows")
    .requiredOption('--name <name>', 'name of this witness, such as witness.example.org/ledger')
    .requiredOption('--log <file>', 'verifier key of a log ("medserve audit key" prints it); repeatable', verifierIn)
    .option('--dir <dir>', 'its key and what it has seen', '.medserve-witness')
    .option('--port <port>', '0: any free one', Number, 8090)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .action(async ({ name, dir, log, port, host }: WitnessOptions) => {
      const key = loadSigningKey(resolve(dir, 'key.pem'));
      const witness = new Witness({ name, key, logs: log, memory: new FileMemory(resolve(dir, 'seen')) });
      const served = await serveWitness(witness, port, host);
      print(`${witnessKey(name, key)} ${served.url}`);
      await new Promise<void>((done) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
      });
      await served.close();
    });
