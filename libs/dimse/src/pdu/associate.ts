/** What a requestor proposes for one abstract syntax. */
export interface ProposedContext {
  readonly abstractSyntax: string;
  /** In the order of preference. */
  readonly transferSyntaxes: readonly string[];
}

/** Result of a presentation context (PS3.8 table 9-18). */
export const CONTEXT_RESULT = {
  accepted: 0,
  userRejected: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

export interface AnsweredContext {
  readonly id: number;
  /** One of `CONTEXT_RESULT`. */
  readonly result: number;
  /** Means nothing unless the context is accepted. */
  readonly transferSyntax: string;
}

/** What came of a proposed context that was accepted. */
export interface AgreedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

/** Who may ask and who may serve in a context (PS3.7 D.3.3.4); without it the requestor asks. */
export interface RoleSelection {
  readonly sopClassUid: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** What both sides say of themselves (PS3.8 annex D, PS3.7 annex D.3.3). */
export interface UserInformation {
  /** Longest P-DATA-TF that it takes, in bytes without the PDU's head; 0 is without limit. */
  readonly maxPduBytes: number;
  readonly implementationClassUid?: string;
  readonly implementationVersion?: string;
  readonly roles: readonly RoleSelection[];
  /** Present when the asynchronous operations window was named; 0 is without limit. */
  readonly asynchronousOperations?: { readonly invoked: number; readonly performed: number };
}

interface Titles {
  readonly protocolVersion: number;
  readonly calledAet: string;
  readonly callingAet: string;
  readonly applicationContext: string;
  readonly user: UserInformation;
}

export interface AssociateRequest extends Titles {
  readonly contexts: readonly (ProposedContext & { readonly id: number })[];
}

export interface AssociateAccept extends Titles {
  readonly contexts: readonly AnsweredContext[];
}
