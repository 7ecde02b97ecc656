import { callJson, type Me } from '../api';

export interface SignInProvider {
  readonly id: string;
  readonly title: string;
}

/** @throws ApiError */
export const signInWithKey = (key: string): Promise<Me> =>
  callJson<Me>('/v1/sign-in', { method: 'POST', json: { key: key.trim() } });

/** @param code of an address; it is used up by it @throws ApiError */
export const signInWithCode = (code: string): Promise<Me> =>
  callJson<Me>('/v1/sign-in', { method: 'POST', json: { code } });

/** @throws ApiError */
export const signOut = (): Promise<void> => callJson('/v1/sign-in', { method: 'DELETE' });

/** @throws ApiError */
export const listProviders = async (): Promise<readonly SignInProvider[]> =>
  (await callJson<{ readonly providers: readonly SignInProvider[] }>('/v1/sign-in/providers')).providers;

export const providerAddress = (id: string, returnTo: string): string =>
  `/v1/sign-in/oidc/${encodeURIComponent(id)}?${new URLSearchParams({ returnTo }).toString()}`;
