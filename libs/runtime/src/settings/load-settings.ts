import { ConfigurationError } from '@medserve/errors';
import type { z } from 'zod';

/** All mistakes of a configuration at once, a line each, so that one start shows the whole list. */
export class SettingsError extends ConfigurationError {
  constructor(readonly problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/**
 * Checks `source` (an environment, say) against a schema before any socket opens.
 *
 * @throws SettingsError naming every wrong member and what it has to be; the values themselves are not repeated, as one of
 *   them may be a secret.
 */
export function loadSettings<T>(schema: z.ZodType<T>, source: unknown): Readonly<T> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new SettingsError(parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`));
}
