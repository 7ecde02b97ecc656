export { mintApiKey, prefixOfApiKey, type MintedKey } from './api-key';
export { Authenticator, requireScope, type KeyReader, type StoredKey } from './authenticator';
export { loadPepper } from './pepper';
export { PURPOSES, type Principal, type PrincipalKind, type PurposeOfUse } from './principal';
export { SCOPES, type Scope } from './scopes';
