import {
  readJwks,
  SIGNATURE_ALGORITHMS,
  type CertificateReader,
  type Client,
  type ClientReader,
  type IssuerReader,
  type SignatureAlgorithm,
  type TrustedIssuer,
} from '@medserve/security';
import type { FoundIssuer, Identity, StoredClient } from '@medserve/storage';

/** What the tables of identity say, in the words of who proves credentials. */
export class Directory implements IssuerReader, ClientReader, CertificateReader {
  constructor(private readonly identity: Pick<Identity, 'issuers' | 'clients'>) {}

  async findByIssuer(issuer: string): Promise<readonly TrustedIssuer[]> {
    return (await this.identity.issuers.findByIssuer(issuer)).map(trusted);
  }

  findById(id: string): Promise<Client | undefined> {
    return this.find(id);
  }

  findByCertificate(sha256: string): Promise<Client | undefined> {
    return this.find(sha256);
  }

  findByCertificateName(name: string): Promise<Client | undefined> {
    return this.find(name);
  }

  private async find(name: string): Promise<Client | undefined> {
    const found = await this.identity.clients.find(name);
    return found === undefined ? undefined : clientOf(found);
  }
}

const isAlgorithm = (word: string): word is SignatureAlgorithm =>
  (SIGNATURE_ALGORITHMS as readonly string[]).includes(word);

const trusted = ({ claim, claimValue, algorithms, ...line }: FoundIssuer): TrustedIssuer => ({
  ...line,
  claim: claim === null || claimValue === null ? null : { name: claim, value: claimValue },
  algorithms: algorithms.filter(isAlgorithm),
});

const clientOf = ({ jwks, ...client }: StoredClient): Client => ({
  ...client,
  jwks: jwks === null ? null : readJwks(jwks),
});
