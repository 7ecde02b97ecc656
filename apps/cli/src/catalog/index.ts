import { Command } from 'commander';
import { checkCommand } from './check-command';
import { listCommand } from './list-command';
import { showCommand } from './show-command';

export function catalogCommand(): Command {
  return (
    new Command('catalog')
      .description('published systems, and how each is served here')
      // Options that several have, such as --json, belong to the one they stand behind.
      .enablePositionalOptions()
      .addCommand(listCommand())
      .addCommand(showCommand())
      .addCommand(checkCommand())
  );
}
