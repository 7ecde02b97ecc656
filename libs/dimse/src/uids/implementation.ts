/** PS3.7 D.3.3.2: who wrote this software. The same as in the files that we write. */
export const IMPLEMENTATION_CLASS_UID = '2.25.292692852900845447602284910241900081680';
export const IMPLEMENTATION_VERSION_NAME = 'MEDSERVE_0_1';
