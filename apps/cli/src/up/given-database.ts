/**
 * The address that `MEDSERVE_DATABASE_URL` gives.
 *
 * @throws Error for what is no such address: a driver would take parts of it, a password too, for other things, and say them in errors
 */
export function givenDatabase(): string | undefined {
  const given = process.env['MEDSERVE_DATABASE_URL'];
  if (given === undefined || /^postgres(ql)?:\/\//.test(given)) return given;
  throw new Error('MEDSERVE_DATABASE_URL is no address such as postgres://user@host:5432/database');
}

/** Why it cannot be used, without the address. */
export function whyAway(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === '' ? (code ?? 'no answer') : message;
}
