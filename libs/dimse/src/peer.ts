/** Who is at the other end of an association. */
export interface Peer {
  readonly callingAet: string;
  readonly calledAet: string;
  readonly host: string;
  readonly port: number;
  /** Subject of the certificate that it showed; absent without TLS, or without one. */
  readonly certificate?: string;
  readonly implementation?: string;
}
