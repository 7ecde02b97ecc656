import { readFileSync } from 'node:fs';
import type { SASLOptions } from 'kafkajs';

/** How a login is proved: by a challenge (RFC 5802, RFC 7677), or by the password itself. */
export const SASL_MECHANISMS = ['scram-sha-512', 'scram-sha-256', 'plain'] as const;

export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** One line ending at the end is the editor's, not the password's. */
function passwordIn(path: string): string {
  const password = readFileSync(path, 'utf8').replace(/\r?\n$/u, '');
  if (password === '') throw new Error('the file holds no password');
  return password;
}

/**
 * A password in a file that is read at each login, so that it can be changed while the service runs. A file that is missing or
 * empty, as it may be for a moment while it is replaced, changes nothing: the last password goes on serving.
 */
export class PasswordFile {
  private constructor(
    private readonly path: string,
    private password: string,
  ) {}

  /** @throws Error when the file cannot be read or holds nothing */
  static open(path: string): PasswordFile {
    return new PasswordFile(path, passwordIn(path));
  }

  get latest(): string {
    try {
      this.password = passwordIn(this.path);
    } catch {
      return this.password;
    }
    return this.password;
  }
}

export interface KafkaLogin {
  readonly mechanism: SaslMechanism;
  readonly user: string;
  readonly password: PasswordFile;
}

/** What kafkajs logs in by: it keeps this very object, and asks it for the password at each login. */
export const saslOf = ({ mechanism, user, password }: KafkaLogin): SASLOptions => ({
  mechanism,
  username: user,
  get password() {
    return password.latest;
  },
});
