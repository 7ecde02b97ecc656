import { describeCondition, loadRoutes, type Condition, type Route } from '@medserve/studies';
import { Command } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';

interface RoutesOptions extends Target {
  readonly check?: readonly string[];
  readonly json: boolean;
}

type ToldRoute = Route & { readonly destinations?: readonly string[] };

export const routesCommand = (): Command =>
  new Command('routes')
    .description('which studies are taken, what is asked of which models, and where results go')
    .option('--check <folders...>', 'read route files of these folders, and say what is wrong with them')
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(routes);

async function routes({ check, json, ...target }: RoutesOptions): Promise<void> {
  const found: readonly ToldRoute[] =
    check === undefined
      ? (await new Platform(target).json<{ data: ToldRoute[] }>('/v1/study-routes')).data
      : await loadRoutes(check);
  process.stdout.write(json ? `${JSON.stringify(found)}\n` : `${found.map(describeRoute).join('\n\n') || 'none'}\n`);
}

/** Exported for its test. */
export function describeRoute(route: ToldRoute): string {
  const { name, description, when, complete, series, runs, results, deliver } = route;
  const destinations = route.destinations ?? (deliver === 'all' ? ['all destinations'] : deliver);
  const quiet = complete.on === 'go' ? 'when told to go' : `${String(complete.quietSeconds)} s after the last instance`;
  return [
    `${name}: ${description}`,
    `  takes     ${describeCondition(when) || 'every study'}`,
    `  complete  ${quiet}, at the latest after ${String(complete.maxWaitSeconds)} s`,
    `  series    ${series.take} of those with at least ${String(series.minSlices)} slices${asked(series.where)}; first the ${series.prefer.join(', ')}`,
    ...(series.exclude.length === 0 ? [] : [`            never ${series.exclude.join(', ')}`]),
    ...runs.map(
      ({ name: run, task, model, optional }) =>
        `  asks      ${run}: ${task}${model === undefined ? '' : ` of ${model}`}${optional ? ' (where it is served)' : ''}`,
    ),
    `  makes     ${results.dicom.join(', ') || 'no DICOM objects'}`,
    `  sends to  ${destinations.join(', ') || 'nowhere: no destination is set'}`,
    `  class     ${route.class}${route.classes.map((one) => `, ${one.class} where ${describeCondition(one.when) || 'anything is'}`).join('')}`,
  ].join('\n');
}

function asked(where: Condition): string {
  const words = describeCondition(where);
  return words === '' ? '' : `, where ${words}`;
}
