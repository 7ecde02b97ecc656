import { ROLES, SCOPES, SIGNATURE_ALGORITHMS, isRole, type Role } from '@medserve/security';
import { InvalidArgumentError, Option } from 'commander';
import { HOME_TENANT } from '../../up/run-key';

/** What a system of a hospital needs to send images and fetch answers. */
export const USUAL_SCOPES = ['infer', 'model:read', 'result:read'] as const;

export const tenantOption = (what: string): Option => new Option('--tenant <id>', what).default(HOME_TENANT);
export const departmentOption = (): Option =>
  new Option('--department <id>', 'in which department it works').argParser(word);
export const siteOption = (): Option => new Option('--site <id>', 'at which site of the tenant it stands');

export const scopeOption = (): Option =>
  new Option('--scope <scope>', `what it may do, repeatable: ${SCOPES.join(', ')}`)
    .argParser(oneOf(SCOPES))
    .default([], USUAL_SCOPES.join(', '));

export const algorithmOption = (): Option =>
  new Option('--algorithm <name>', `what its tokens are signed with, repeatable: ${SIGNATURE_ALGORITHMS.join(', ')}`)
    .argParser(oneOf(SIGNATURE_ALGORITHMS))
    .default([], 'RS256, ES256');

function oneOf(words: readonly string[]) {
  return (value: string, before: readonly string[]): string[] => {
    if (!words.includes(value)) throw new InvalidArgumentError(`choose from ${words.join(', ')}`);
    return [...before, value];
  };
}

/** An id that operators give: a word of the records. */
export function word(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('1 to 64 letters, digits, ".", "_" and "-", a letter or digit first');
}

export function role(text: string): Role {
  if (isRole(text)) return text;
  throw new InvalidArgumentError(`choose from ${Object.keys(ROLES).join(', ')}`);
}

/** `name=value` */
export function pair(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('has to be NAME=VALUE');
  return [text.slice(0, at), text.slice(at + 1)];
}
