import { program } from './program';

async function main(): Promise<void> {
  const medserve = await program(process.argv[2]);
  await medserve.parseAsync(process.argv);
}

main().catch((error: unknown) => {
  process.stderr.write(`medserve: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
