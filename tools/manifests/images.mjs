#!/usr/bin/env node
// Every image that an overlay runs, one a line: what has to be in a registry before a cluster without a way out starts.
//
//   kubectl kustomize deploy/k8s/overlays/airgap | node tools/manifests/images.mjs
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { documentsOf } from './documents.mjs';

function* imagesIn(value, key = '') {
  if (typeof value === 'string' && (key === 'image' || key === 'imageName' || key === 'reference')) yield value;
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) yield* imagesIn(inner, name);
}

/** @returns {string[]} in the order of their names, each once */
export const imagesOf = (text) => [...new Set(documentsOf(text).flatMap((document) => [...imagesIn(document)]))].sort();

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(imagesOf(readFileSync(0, 'utf8')).join('\n'));
