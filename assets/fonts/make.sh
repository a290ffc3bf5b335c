#!/usr/bin/env bash
# Fetches the original fonts and the tool, and makes the small ones beside this script.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pip install --quiet --target "$work/tools" fonttools==4.60.1
for name in source-sans-3@0.4.1 noto-sans-sc@0.4.3; do
    (cd "$work" && npm pack --silent "@expo-google-fonts/$name" >/dev/null)
    folder=$work/${name%@*}
    mkdir "$folder"
    tar -xzf "$work/expo-google-fonts-${name/@/-}.tgz" -C "$folder" --strip-components=1
done
PYTHONPATH=$work/tools python3 make.py "$work"
cp "$work/source-sans-3/LICENSE_FONT" LICENSE-LATIN
cp "$work/noto-sans-sc/LICENSE_FONT" LICENSE-CHINESE
