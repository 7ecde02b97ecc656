import type { Scope } from './scopes';

interface RoleEntry {
  /** Who has it, for the documents and the helps. */
  readonly who: string;
  readonly scopes: readonly Scope[];
}

/**
 * What each role may do. A key is made for a role, and a token's roles are looked up here; an issuer's row can only take away
 * from it. Whoever loads models approves none, and whoever runs the platform reads no audit: no role has both.
 */
export const ROLES = {
  integration: {
    who: 'a system of the hospital that sends images: PACS, RIS, an engine of the record system',
    scopes: ['infer', 'model:read', 'result:read'],
  },
  clinician: {
    who: 'a person who treats, through an app of the hospital',
    scopes: ['infer', 'model:read', 'result:read', 'result:attest', 'break-glass:request'],
  },
  device: { who: 'one old device that can send and do nothing else', scopes: ['infer'] },
  'tenant-administrator': {
    who: "who looks after the hospital's own keys and use; sees no patient",
    scopes: ['tenant:admin', 'usage:read', 'key:manage'],
  },
  operator: { who: 'who runs the platform', scopes: ['model:read', 'usage:read'] },
  'ml-engineer': { who: 'who brings models and tries them', scopes: ['model:read', 'model:manage'] },
  'model-approver': { who: 'clinical safety: who lets a model serve', scopes: ['model:read', 'model:promote'] },
  analyst: { who: 'who reads what was used', scopes: ['usage:read'] },
  auditor: {
    who: 'who checks the records; sees who did what, and no content',
    scopes: ['audit:read', 'audit:export', 'break-glass:approve'],
  },
} as const satisfies Record<string, RoleEntry>;

export type Role = keyof typeof ROLES;

export const isRole = (text: string): text is Role => Object.hasOwn(ROLES, text);

/** The scopes of a role. */
export const scopesOf = (role: Role): readonly Scope[] => ROLES[role].scopes;
