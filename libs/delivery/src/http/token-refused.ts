/** An authorization server gave us no token: its HTTP status, and nothing of what it wrote. */
export class TokenRefusedError extends Error {
  constructor(readonly status: number) {
    super(`The token endpoint answered with ${String(status)}.`);
    this.name = 'TokenRefusedError';
  }
}
