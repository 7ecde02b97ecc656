import { randomBytes } from 'node:crypto';

/** By which a tool's answer names the call, in later turns too: never the same twice. */
export const callId = (): string => `call_${randomBytes(12).toString('hex')}`;
