/** What stands in the header `Authorization`, fetched anew where it has expired. @throws UnauthorisedError */
export interface Authorization {
  header(signal: AbortSignal): Promise<string | undefined>;
  /**
   * It was refused: it is not given again.
   *
   * @param refused what `header` gave @returns whether there can be another, worth asking with once more
   */
  forget(refused: string): boolean;
}

export const fixed = (value: string | undefined): Authorization => ({
  header: () => Promise.resolve(value),
  forget: () => false,
});

export const basic = (user: string, password: string): Authorization =>
  fixed(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);

export const bearer = (token: string): Authorization => fixed(`Bearer ${token}`);
