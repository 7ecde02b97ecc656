import type { VersionPolicy } from './model-config';

const isVersion = (folder: string): boolean => /^[1-9][0-9]{0,17}$/.test(folder);

const ascending = (one: string, other: string): number => (BigInt(one) < BigInt(other) ? -1 : 1);

/**
 * Which versions are served, oldest first. Folders that are no whole numbers are no versions; without a policy it is the latest.
 * Versions that a `specific` policy names and that are not there are in the list, for someone to notice.
 */
export function servedVersions(folders: readonly string[], policy: VersionPolicy | undefined): readonly string[] {
  const there = folders.filter(isVersion).sort(ascending);
  if (policy?.all) return there;
  if (policy?.specific) return [...new Set(policy.specific.versions.map(String))].sort(ascending);
  return there.slice(-(policy?.latest?.num_versions ?? 1));
}
