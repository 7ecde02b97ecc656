/* As much of an association as a sender needs: what `libs/dimse` opens has all of it. */

export interface StoreCommand {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Without the file meta information. */
  readonly dataSet: Buffer;
}

export interface OpenAssociation {
  /** The transfer syntax in which it takes objects of a SOP class; undefined where it takes none. */
  accepted(abstractSyntax: string): string | undefined;
  store(command: StoreCommand): Promise<{ readonly status: number }>;
  release(): Promise<void>;
  abort(): void | Promise<void>;
}

export interface ClientTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that its certificate has to be of, where it is not the host's. */
  readonly servername?: string;
}

export interface AssociationRequest {
  readonly host: string;
  readonly port: number;
  readonly callingAet: string;
  readonly calledAet: string;
  readonly tls?: ClientTls;
  readonly contexts: readonly { readonly abstractSyntax: string; readonly transferSyntaxes: readonly string[] }[];
  readonly signal: AbortSignal;
}

export type Associate = (request: AssociationRequest) => Promise<OpenAssociation>;
