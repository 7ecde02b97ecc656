export { mintApiKey, prefixOfApiKey, type MintedKey } from './api-key';
export { Authenticator, requireScope, type KeyReader, type StoredKey } from './authenticator';
export { loadPepper } from './pepper';
export { SCOPES, type Principal, type Scope } from './principal';
