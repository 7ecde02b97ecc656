import type { AuditEvent } from '@medserve/events';

/** As much of FHIR R4 (4.0.1, https://hl7.org/fhir/R4/) as results and their reading need. */

export interface Coding {
  readonly system?: string;
  readonly version?: string;
  readonly code: string;
  readonly display?: string;
}

export interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

export interface Identifier {
  readonly use?: 'usual' | 'official' | 'temp' | 'secondary';
  readonly type?: CodeableConcept;
  readonly system?: string;
  readonly value: string;
  readonly assigner?: { readonly display: string };
}

export interface Reference {
  readonly reference?: string;
  readonly type?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
}

export interface Quantity {
  readonly value: number;
  readonly unit: string;
  readonly system: string;
  readonly code: string;
}

export interface Narrative {
  readonly status: 'generated';
  readonly div: string;
}

interface Base {
  readonly id?: string;
  readonly meta?: { readonly lastUpdated?: string };
  readonly text?: Narrative;
}

export interface ObservationComponent {
  readonly code: CodeableConcept;
  readonly valueQuantity?: Quantity;
  readonly valueString?: string;
}

export interface Observation extends Base {
  readonly resourceType: 'Observation';
  readonly identifier: readonly Identifier[];
  readonly status: 'preliminary';
  readonly category: readonly CodeableConcept[];
  readonly code: CodeableConcept;
  readonly subject?: Reference;
  readonly effectiveDateTime?: string;
  readonly issued: string;
  readonly performer?: readonly Reference[];
  readonly valueQuantity?: Quantity;
  readonly valueCodeableConcept?: CodeableConcept;
  readonly valueString?: string;
  readonly dataAbsentReason?: CodeableConcept;
  readonly note?: readonly { readonly text: string }[];
  readonly bodySite?: CodeableConcept;
  readonly device: Reference;
  readonly derivedFrom: readonly Reference[];
  readonly hasMember?: readonly Reference[];
  readonly component?: readonly ObservationComponent[];
}

export interface Attachment {
  readonly contentType: string;
  readonly language?: string;
  /** Base64. */
  readonly data?: string;
  readonly url?: string;
  readonly size?: number;
  /** SHA-1 in Base64, as R4 defines it. */
  readonly hash?: string;
  readonly title?: string;
  readonly creation?: string;
}

export interface DiagnosticReport extends Base {
  readonly resourceType: 'DiagnosticReport';
  /** Resources that are nowhere else: they are referred to as `#` and their id, and replaced with the report. */
  readonly contained?: readonly ImagingStudy[];
  readonly identifier: readonly Identifier[];
  readonly basedOn?: readonly Reference[];
  readonly status: 'preliminary';
  readonly category: readonly CodeableConcept[];
  readonly code: CodeableConcept;
  readonly subject?: Reference;
  readonly effectiveDateTime?: string;
  readonly issued: string;
  readonly performer: readonly Reference[];
  readonly result?: readonly Reference[];
  readonly imagingStudy: readonly Reference[];
  readonly conclusion: string;
  readonly presentedForm: readonly Attachment[];
}

export interface ImagingStudySeries {
  readonly uid: string;
  readonly number?: number;
  readonly modality: Coding;
  readonly description?: string;
  readonly numberOfInstances: number;
  readonly bodySite?: Coding;
  readonly laterality?: Coding;
  readonly performer?: readonly { readonly actor: Reference }[];
  readonly instance: readonly { readonly uid: string; readonly sopClass: Coding; readonly number?: number }[];
}

export interface ImagingStudy extends Base {
  readonly resourceType: 'ImagingStudy';
  readonly identifier: readonly Identifier[];
  readonly status: 'available';
  readonly modality?: readonly Coding[];
  readonly subject: Reference;
  readonly started?: string;
  readonly basedOn?: readonly Reference[];
  readonly referrer?: Reference;
  readonly numberOfSeries: number;
  readonly numberOfInstances: number;
  readonly procedureCode?: readonly CodeableConcept[];
  readonly description?: string;
  readonly series?: readonly ImagingStudySeries[];
}

export interface Device extends Base {
  readonly resourceType: 'Device';
  readonly identifier: readonly Identifier[];
  readonly status: 'active';
  readonly manufacturer: string;
  readonly deviceName: readonly {
    readonly name: string;
    readonly type: 'model-name' | 'manufacturer-name' | 'other';
  }[];
  readonly modelNumber?: string;
  readonly type: CodeableConcept;
  readonly version: readonly { readonly type?: CodeableConcept; readonly value: string }[];
  readonly note?: readonly { readonly text: string }[];
}

export interface Provenance extends Base {
  readonly resourceType: 'Provenance';
  readonly target: readonly Reference[];
  readonly recorded: string;
  readonly activity?: CodeableConcept;
  readonly agent: readonly { readonly type: CodeableConcept; readonly who: Reference }[];
  readonly entity: readonly { readonly role: 'source'; readonly what: Reference }[];
}

export interface OperationOutcome extends Base {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly {
    readonly severity: 'fatal' | 'error' | 'warning' | 'information';
    readonly code: string;
    readonly diagnostics?: string;
    readonly expression?: readonly string[];
  }[];
}

export interface CapabilityStatement extends Base {
  readonly resourceType: 'CapabilityStatement';
  readonly status: 'active';
  readonly date: string;
  readonly publisher: string;
  readonly kind: 'instance';
  readonly software: { readonly name: string; readonly version: string };
  readonly implementation: { readonly description: string; readonly url?: string };
  readonly fhirVersion: '4.0.1';
  readonly format: readonly string[];
  readonly rest: readonly {
    readonly mode: 'server';
    readonly documentation?: string;
    readonly security: { readonly service?: readonly CodeableConcept[]; readonly description: string };
    readonly resource: readonly {
      readonly type: string;
      readonly profile?: string;
      readonly interaction: readonly { readonly code: string }[];
      readonly versioning: 'no-version';
      readonly searchParam: readonly {
        readonly name: string;
        readonly definition?: string;
        readonly type: string;
        readonly documentation?: string;
      }[];
    }[];
  }[];
}

/** What a result is made of. */
export type Resource = Device | ImagingStudy | Observation | DiagnosticReport | Provenance | AuditEvent;
export type ResourceType = Resource['resourceType'];

export interface BundleEntry {
  /** Absent of what a search has to say of itself. */
  readonly fullUrl?: string;
  readonly resource: Resource | OperationOutcome;
  readonly request?: { readonly method: 'POST' | 'PUT'; readonly url: string; readonly ifNoneExist?: string };
  readonly search?: { readonly mode: 'match' | 'outcome' };
}

export interface Bundle extends Base {
  readonly resourceType: 'Bundle';
  readonly type: 'transaction' | 'searchset' | 'collection';
  readonly timestamp?: string;
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly BundleEntry[];
}
