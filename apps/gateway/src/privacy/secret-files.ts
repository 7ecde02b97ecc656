import { dirname, join } from 'node:path';
import type { GatewaySettings } from '../settings';

type Secret = 'references' | 'content';

type SecretSettings = Pick<
  GatewaySettings,
  'MEDSERVE_PEPPER_FILE' | 'MEDSERVE_REFERENCES_FILE' | 'MEDSERVE_CONTENT_KEY_FILE'
>;

/** Where a secret of this gateway lies: where its setting says, or beside the pepper. */
export function secretFile(settings: SecretSettings, secret: Secret): string {
  const told = { references: settings.MEDSERVE_REFERENCES_FILE, content: settings.MEDSERVE_CONTENT_KEY_FILE };
  return told[secret] ?? join(dirname(settings.MEDSERVE_PEPPER_FILE), secret);
}
