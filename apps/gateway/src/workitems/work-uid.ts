/* A UUID as a UID (PS3.5 B.2): 2.25. and its 128 bits as one decimal number. */

const UUID_ROOT = '2.25.';

export const uidOfUuid = (uuid: string): string => `${UUID_ROOT}${BigInt(`0x${uuid.replaceAll('-', '')}`).toString()}`;

/** @returns undefined for a UID that is made of no UUID */
export function uuidOfUid(uid: string): string | undefined {
  const digits = uid.startsWith(UUID_ROOT) ? uid.slice(UUID_ROOT.length) : '';
  if (!/^\d{1,39}$/.test(digits)) return undefined;
  const hex = BigInt(digits).toString(16).padStart(32, '0');
  return hex.length > 32 ? undefined : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
