/** A code as DICOM has it (PS3.3 8): the scheme is a designator such as SCT, DCM, UCUM. */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

export const dcm = (value: string, meaning: string): Code => ({ value, scheme: 'DCM', meaning });
export const sct = (value: string, meaning: string): Code => ({ value, scheme: 'SCT', meaning });

/** Our own scheme, for what no standard one has: labels of models, and what is said of a model's answer. Declared in every object. */
export const PRIVATE_SCHEME = '99MEDSERVE';
export const own = (value: string, meaning: string): Code => ({ value, scheme: PRIVATE_SCHEME, meaning });
