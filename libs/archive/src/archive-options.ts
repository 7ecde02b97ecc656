import type { InstanceIndex } from './index/instance-index';
import type { DiskRoom } from './files/file-store';
import type { Door, RefusalReason } from './stored-instance';

export interface ArchiveLimits {
  /** An instance up to this size is held in memory and written once; a larger one goes to disk as it comes. */
  readonly heldBytes: number;
  /** What all instances on their way in may take of memory; past it they go to disk as they come. */
  readonly heldTotalBytes: number;
  /** A larger instance is refused. */
  readonly maxInstanceBytes: number;
  /** Instances on their way in at once; one more is refused. */
  readonly maxIncoming: number;
  /** Where the disk has less than this left, or less than this share, nothing is taken any more. */
  readonly minFreeBytes: number;
  readonly minFreeShare: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  heldBytes: 16 * 1024 ** 2,
  heldTotalBytes: 256 * 1024 ** 2,
  maxInstanceBytes: 4 * 1024 ** 3,
  maxIncoming: 1_024,
  minFreeBytes: 1024 ** 3,
  minFreeShare: 0.05,
};

/** What the archive holds and does, for metrics and for who asks how it is. */
export interface ArchiveState {
  readonly bytes: number;
  /** As it was last seen; absent where the file system does not say. */
  readonly freeBytes: number | undefined;
  /** Instances on their way in. */
  readonly incoming: number;
}

/** Told of what the archive does; for metrics. */
export interface ArchiveObserver {
  instance(door: Door, outcome: 'stored' | 'again' | RefusalReason): void;
  /** Of what was stored or found stored. */
  received(door: Door, bytes: number): void;
  /** How it is, now and then. */
  state(state: ArchiveState): void;
}

export interface ArchiveOptions {
  /** Folder of the files. Several gateways may share it. */
  readonly root: string;
  readonly index: InstanceIndex;
  /** Keyed hash, in hex, that stands for a patient of a tenant. */
  readonly patientOf?: ((tenant: string, patient: PatientNamed) => string) | undefined;
  /** Of which SOP classes files are taken; absent: of any. What comes over an association has been agreed on before. */
  readonly takesClass?: ((sopClassUid: string) => boolean) | undefined;
  readonly limits?: Partial<ArchiveLimits> | undefined;
  /** How long a study is kept after its last change; 0: for ever. */
  readonly keepDays?: number | undefined;
  readonly observer?: ArchiveObserver | undefined;
  /** Told about work in the background that failed; it is done again later. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  readonly now?: (() => Date) | undefined;
  /** In place of the file system's figures. */
  readonly room?: (() => Promise<DiskRoom>) | undefined;
}

/** How the header names a patient. */
export interface PatientNamed {
  readonly id: string;
  readonly issuer: string | undefined;
}
