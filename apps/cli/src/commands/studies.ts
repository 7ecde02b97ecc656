import { Command } from 'commander';
import { listCommand } from './studies/list';
import { cancelCommand, goCommand, requeueCommand } from './studies/orders';
import { routesCommand } from './studies/routes';
import { showCommand, whyCommand } from './studies/show';

export function studiesCommand(): Command {
  return (
    new Command('studies')
      .description(
        'studies on their way from a modality to a report: how far each is, why it is not further, and what to do',
      )
      .addHelpText(
        'after',
        `
A study is "receiving" until nothing has come for the quiet time of its route, then "complete", "inferring", "inferred", "exporting" and
"exported". One that nothing can be made of is "skipped", one that something went wrong with is "failed"; both say why.

Examples:
  medserve studies                              the newest, and the oldest of each state
  medserve studies list --state failed          what somebody has to look at
  medserve studies why 1.2.840.113...           what every route said of the series of a study
  medserve studies requeue 1.2.840.113...       take up a study that failed or was skipped where it stopped
  medserve studies requeue --dead               send everything again whose deliveries were given up
  medserve studies go 1.2.840.113...            all of it was sent: do not wait any longer
  medserve studies routes                       which studies are taken, what is asked, and where results go
  medserve studies routes --check ./my-routes   every mistake of route files, before a platform starts with them`,
      )
      // What follows without a word is the list.
      .addCommand(listCommand(), { isDefault: true })
      .addCommand(showCommand())
      .addCommand(whyCommand())
      .addCommand(goCommand())
      .addCommand(requeueCommand())
      .addCommand(cancelCommand())
      .addCommand(routesCommand())
  );
}
