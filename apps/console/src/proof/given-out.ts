import { ApiError } from '../api';

/** Resolves with nothing where the log has no such bundle to give: retention deleted it, or others have entries in it. */
export async function givenOut<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return undefined;
    throw error;
  }
}
