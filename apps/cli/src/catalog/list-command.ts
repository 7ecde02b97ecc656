import { Command } from 'commander';
import { gpuMemoryOf, type Recipe } from '@medserve/engines';
import { jsonOption } from '../options';
import { folderOption, recipesNamed } from './recipes';

const line = (recipe: Recipe): string => {
  const { system, title, serving, contract } = recipe;
  const tasks = contract.map(({ task }) => task).join(', ');
  const how = `${serving.engine}, ${serving.server}`;
  const { least, most } = gpuMemoryOf(recipe);
  const device = `${least.toFixed(0)}-${most.toFixed(0)} GiB`;
  return `${system.padEnd(20)} ${how.padEnd(22)} ${device.padStart(11)}  ${tasks.padEnd(28)} ${title}`;
};

export function listCommand(): Command {
  return new Command('list')
    .description('all systems: engine and server, computed GPU memory, tasks')
    .addOption(folderOption())
    .addOption(jsonOption())
    .action(async ({ catalog, json }: { readonly catalog: string; readonly json: boolean }) => {
      const recipes = await recipesNamed(catalog, []);
      process.stdout.write(json ? `${JSON.stringify(recipes)}\n` : `${recipes.map(line).join('\n')}\n`);
    });
}
