import { CLOSED_STATUS, isClosedOutput, outliveReader } from './output/closed-output';
import { program } from './program';

async function main(): Promise<void> {
  const medserve = await program(process.argv[2]);
  await medserve.parseAsync(process.argv);
}

function fail(error: unknown): void {
  if (isClosedOutput(error)) {
    process.exitCode = CLOSED_STATUS;
    return;
  }
  process.stderr.write(`medserve: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

outliveReader(process.stdout, () => {
  process.exitCode = CLOSED_STATUS;
});
// A file that changes or goes while it is sent is told where nobody waits for it.
process.on('uncaughtException', (error) => {
  const isOfFile = error.name === 'NotReadableError';
  process.stderr.write(`medserve: ${isOfFile ? 'a file could not be read while it was sent' : String(error.stack)}\n`);
  process.exit(1);
});
main().catch(fail);
