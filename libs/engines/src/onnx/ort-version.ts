/** Of the package onnxruntime-node that is installed; a test holds it against package.json. */
export const ORT_VERSION = '1.30.0';
