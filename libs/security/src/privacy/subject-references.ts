import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { loadSecret } from '../secret-file';

/** Names of who or what is meant; hashes of one are never those of another, whatever the ids are. */
type Domain = 'patient' | 'patient-key' | 'study' | 'accession' | 'words';

/** A patient as a DICOM header names one; ids are unique within their issuer only (PS3.3, C.2.2). */
export interface PatientName {
  readonly id: string;
  readonly issuer?: string | undefined;
}

const REMEMBERED_TENANTS = 4_096;
const KEY_BYTES = 32;

/**
 * What stands in records in place of the ids of patients and studies: HMAC-SHA-256 under a key of the tenant and the kind of
 * id, in lower-case hex. Who has an id, and this secret, finds its records; nobody can go back from a record to an id, nor tell
 * that two tenants mean the same patient. About 1 us each.
 */
export class SubjectReferences {
  private readonly root: KeyObject;
  /** Derived keys by domain and tenant: deriving costs ten hashes, making a key object five. */
  private readonly keys = new Map<string, KeyObject>();

  /** @param root 256 random bits, the same for all gateways and commands of a platform */
  constructor(root: Buffer) {
    this.root = createSecretKey(root);
  }

  patient(tenant: string, { id, issuer = '' }: PatientName): string {
    return this.hash('patient', tenant, `${significant(issuer)}\0${significant(id)}`);
  }

  /** By the key that a sender chose for a patient: as secret and as exact as they made it. */
  patientKey(tenant: string, key: string): string {
    return this.hash('patient-key', tenant, key);
  }

  study(tenant: string, instanceUid: string): string {
    return this.hash('study', tenant, significant(instanceUid));
  }

  /** An order, by its accession number (0008,0050). */
  accession(tenant: string, number: string): string {
    return this.hash('accession', tenant, significant(number));
  }

  /** What was said: short words could be guessed from a hash without a key. */
  words(tenant: string, text: string): string {
    return this.hash('words', tenant, text);
  }

  private hash(domain: Domain, tenant: string, text: string): string {
    return createHmac('sha256', this.keyOf(domain, tenant)).update(text, 'utf8').digest('hex');
  }

  private keyOf(domain: Domain, tenant: string): KeyObject {
    const name = `${domain}/${tenant}`;
    const known = this.keys.get(name);
    if (known !== undefined) return known;
    if (this.keys.size >= REMEMBERED_TENANTS) this.keys.clear();
    const info = `medserve reference v1/${name}`;
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', this.root, '', info, KEY_BYTES)));
    this.keys.set(name, key);
    return key;
  }
}

/** Spaces around a value and the NUL that pads a UID to even length mean nothing (PS3.5, 6.2); one text in two forms is one. */
const significant = (value: string): string => value.replace(/\0+$/, '').trim().normalize('NFC');

/**
 * Reads the secret of the references (`keys/references`), making it the first time. It is needed for as long as records are to
 * be found by patient: losing it loses no record, only the way from an id to its records. @throws Error
 */
export const loadSubjectReferences = (path: string): SubjectReferences =>
  new SubjectReferences(
    loadSecret(
      path,
      'the secret of the references to patients (keys/references) is damaged: restore it from a backup; with another one no earlier record is found by patient',
    ),
  );
