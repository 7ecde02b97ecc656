import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { ApiError, callJson, type Me } from '../api';
import { holdAgain, takeHeldCode } from './fragment-code';
import { beginAnew } from './leave';
import { signInWithCode } from './session-calls';
import { tellTabs } from './tabs';

const ME = ['me'] as const;

export interface MeState {
  /** Undefined until it is known; null: nobody is signed in. */
  readonly me: Me | null | undefined;
  readonly may: (scope: string) => boolean;
  /** Why it is not known. */
  readonly error: unknown;
}

/** Why the code of the address did not sign in; told by the form that is shown then. */
let refusedCode: unknown;

/** Why the code that came with the address did not sign in, once: `WORN_OUT`, or what kept it from being tried. */
export function takeRefusedCode(): unknown {
  const error = refusedCode;
  refusedCode = undefined;
  return error;
}

/** A code that was used before, or is too old. */
export const WORN_OUT = 'worn-out';

const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 401;

export const isOther = (before: Me, now: Me): boolean => before.id !== now.id || before.tenant !== now.tenant;

/** By the code that came with the address, where nobody is signed in. */
async function signInByAddress(before: Me | null | undefined): Promise<Me | null> {
  const code = takeHeldCode();
  if (code === undefined) return before ?? null;
  try {
    const me = await signInWithCode(code);
    tellTabs('signed-in');
    if (before && isOther(before, me)) beginAnew();
    return me;
  } catch (error) {
    const isWornOut = isRefusal(error);
    refusedCode = isWornOut ? WORN_OUT : error;
    if (!isWornOut) holdAgain(code);
    return before ?? null;
  }
}

/**
 * Who is signed in; null where nobody is. Of a session that ended while a page is open, who it was: the page stays, and the gate asks
 * for a new one. Who is signed in stays so whatever the address says: by a link nobody is made somebody else, for whom they would then
 * send images.
 */
async function askMe({ client }: { readonly client: QueryClient }): Promise<Me | null> {
  const before = knownMe(client);
  try {
    const me = await callJson<Me>('/v1/me');
    takeHeldCode();
    return me;
  } catch (error) {
    if (isRefusal(error)) return signInByAddress(before);
    throw error;
  }
}

export function useMe(): MeState {
  const { data, error } = useQuery({ queryKey: ME, queryFn: askMe, staleTime: 60_000 });
  return { me: data, may: (scope) => data?.scopes.includes(scope) === true, error };
}

/** Says anew who is signed in: after a sign-in or a sign-out. */
export function useForgetMe(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: ME }), [client]);
}

/** Who the page takes to be signed in at this moment, without asking. */
export const knownMe = (client: QueryClient): Me | null | undefined => client.getQueryData<Me | null>(ME);

export const setMe = (client: QueryClient, me: Me): void => {
  client.setQueryData<Me | null>(ME, me);
};
