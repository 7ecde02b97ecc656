export type OperationName = 'echo' | 'store' | 'find' | 'move' | 'other';

/** How an association ended, or that it began. */
export type AssociationEvent = 'accepted' | 'rejected' | 'released' | 'aborted';

/** Is told what happens, for metrics; it never learns who asked for what. */
export interface DimseObserver {
  association(event: AssociationEvent): void;
  /** An operation was answered with its last status. */
  operation(operation: OperationName, status: number): void;
}

export const SILENT_OBSERVER: DimseObserver = { association: () => undefined, operation: () => undefined };
