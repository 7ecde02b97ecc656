/** What a credential may do. A route, a gRPC method and a command each name the one that they ask for. */
export const SCOPES = [
  'infer',
  'model:read',
  'model:manage',
  'model:promote',
  'result:read',
  'result:attest',
  'audit:read',
  'audit:export',
  'key:manage',
  'tenant:admin',
  'usage:read',
  'break-glass:request',
  'break-glass:approve',
] as const;

export type Scope = (typeof SCOPES)[number];
