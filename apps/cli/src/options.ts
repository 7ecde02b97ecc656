import { Option } from 'commander';
import { DEFAULT_HOME } from './home/home';

export const homeOption = (): Option =>
  new Option('--home <dir>', 'data, database, logs, model cache').env('MEDSERVE_HOME').default(DEFAULT_HOME);

export const urlOption = (): Option =>
  new Option('--url <url>', 'the platform; default: the one that runs on the home').env('MEDSERVE_URL');

export const keyOption = (): Option =>
  new Option('--key <key>', 'API key; default: the key of the run on the home').env('MEDSERVE_KEY');

export const jsonOption = (): Option => new Option('--json', 'JSON instead of text').default(false);
