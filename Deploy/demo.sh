#!/usr/bin/env bash
# One command from a fresh checkout to a running recommender: installs what is missing, builds, and runs the demo on an
# embedded broker. Arguments go to "woonkly-feed demo": --duration, --events-per-second, --seed.
set -euo pipefail
cd "$(dirname "$0")/.."
./Deploy/install.sh
swift build -c release --product woonkly-feed >&2
exec "$(swift build -c release --show-bin-path)/woonkly-feed" demo "$@"
