/** What the ready file says (native API, "Starting and stopping"). */
export interface Ready {
  readonly pid: number;
  readonly url: string;
  readonly grpc: string;
  readonly key: string;
  readonly home: string;
  readonly version: string;
  /** host:port of the DICOM node. */
  readonly dimse: string;
  /** Its AE title. */
  readonly aet: string;
  /** Where DICOMweb begins. */
  readonly dicomweb: string;
  /** The page that people look at; empty: it is not built. */
  readonly console: string;
}

/** The ready file of this home, for the other commands: it also says where the database is. */
export interface Running extends Ready {
  readonly databaseUrl: string;
}
