import { Command } from 'commander';
import { checkCommand } from './pools/check';
import { describeCommand } from './pools/describe';
import { listCommand } from './pools/list';

export function poolsCommand(): Command {
  return (
    new Command('pools')
      .description('the pools of pods that follow the demand: how they stand, and the file that describes them')
      .addHelpText(
        'after',
        `
Examples:
  medserve pools                                     what is asked of each pool, and what there is to serve it
  medserve pools list --watch                        the same, every second
  medserve pools check fleet.yaml                    every mistake of a fleet file, or what it means
  medserve pools describe --models ./packages > encoder.json
                                                     what pods would say of these models, for "catalogue" in the fleet file`,
      )
      // What follows without a word is the list.
      .addCommand(listCommand(), { isDefault: true })
      .addCommand(describeCommand())
      .addCommand(checkCommand())
  );
}
