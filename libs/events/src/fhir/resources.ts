/** As much of FHIR R4 (4.0.1) as an audit trail needs: https://hl7.org/fhir/R4/auditevent.html */

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

export interface Identifier {
  readonly system?: string;
  readonly value: string;
}

export interface Extension {
  readonly url: string;
  readonly valueCode?: string;
}

/** Names something that has no address here: by its type and identifier ("logical reference"). */
export interface Reference {
  readonly type?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
}

export interface AuditAgent {
  readonly type: CodeableConcept;
  readonly role?: readonly CodeableConcept[];
  readonly who: Reference;
  readonly requestor: boolean;
  readonly network?: { readonly address?: string; readonly type?: string; readonly extension?: readonly Extension[] };
  readonly purposeOfUse?: readonly CodeableConcept[];
}

export interface AuditDetail {
  readonly type: string;
  readonly valueString: string;
}

export interface AuditEntity {
  readonly what?: Reference;
  readonly type: Coding;
  readonly role?: Coding;
  readonly name?: string;
  readonly detail?: readonly AuditDetail[];
}

export interface AuditEvent {
  readonly resourceType: 'AuditEvent';
  readonly id: string;
  readonly meta?: { readonly profile: readonly string[] };
  readonly type: Coding;
  readonly subtype?: readonly Coding[];
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** RFC 3339. */
  readonly recorded: string;
  /** 0 success, 4 minor failure, 8 serious failure. */
  readonly outcome: '0' | '4' | '8';
  readonly outcomeDesc?: string;
  readonly purposeOfEvent?: readonly CodeableConcept[];
  readonly agent: readonly AuditAgent[];
  readonly source: {
    readonly site?: string;
    readonly observer: Reference;
    readonly type: readonly Coding[];
  };
  readonly entity: readonly AuditEntity[];
}

export interface Bundle {
  readonly resourceType: 'Bundle';
  readonly type: 'collection' | 'transaction';
  readonly entry: readonly {
    readonly fullUrl: string;
    readonly resource: AuditEvent;
    readonly request?: { readonly method: 'PUT'; readonly url: string };
  }[];
}

/** A page of a search. */
export interface SearchSet {
  readonly resourceType: 'Bundle';
  readonly type: 'searchset';
  readonly link: readonly { readonly relation: 'self' | 'next'; readonly url: string }[];
  readonly entry: readonly {
    readonly fullUrl: string;
    readonly resource: AuditEvent;
    readonly search: { readonly mode: 'match' };
  }[];
}
