import { readFileSync } from 'node:fs';
import type { Running } from './ready';
import { holderOf } from './lock';
import { homeAt } from './home';

/** What a platform that runs on this home says of itself; undefined where none does. */
export function runningOn(directory: string): Running | undefined {
  const home = homeAt(directory);
  if (holderOf(home.lock) === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(home.running, 'utf8')) as Running;
  } catch {
    return undefined;
  }
}
