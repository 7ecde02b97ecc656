// The browser's and Node's types of keys differ in a newer usage or two. Where both are known, the library that joins them is untyped.
declare module '@peculiar/x509' {
  export const AuthorityKeyIdentifierExtension: any;
  export type AuthorityKeyIdentifierExtension = any;
  export const BasicConstraintsExtension: any;
  export type BasicConstraintsExtension = any;
  export const ExtendedKeyUsage: any;
  export type ExtendedKeyUsage = any;
  export const ExtendedKeyUsageExtension: any;
  export type ExtendedKeyUsageExtension = any;
  export const Extension: any;
  export type Extension = any;
  export const JsonGeneralName: any;
  export type JsonGeneralName = any;
  export const KeyUsageFlags: any;
  export type KeyUsageFlags = any;
  export const KeyUsagesExtension: any;
  export type KeyUsagesExtension = any;
  export const SubjectAlternativeNameExtension: any;
  export type SubjectAlternativeNameExtension = any;
  export const SubjectKeyIdentifierExtension: any;
  export type SubjectKeyIdentifierExtension = any;
  export const X509Certificate: any;
  export type X509Certificate = any;
  export const X509CertificateGenerator: any;
  export type X509CertificateGenerator = any;
}
