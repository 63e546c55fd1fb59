#!/usr/bin/env bash
# Installs what the build needs and is not there: Debian's libraries, by apt. Swift itself must be there already.
set -euo pipefail

packages=(librdkafka-dev libmicrohttpd-dev libyaml-dev libsimdjson-dev libxxhash-dev pkg-config)
# Clients that nobody here wrote, for the tests: "./Deploy/install.sh --with-clients".
if [ "${1:-}" = "--with-clients" ]; then packages+=(kcat python3 python3-pip python3-venv strace curl); fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing ${missing[*]}" >&2
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

if ! command -v swift >/dev/null; then
  echo "Swift 6.2 or later is needed: https://www.swift.org/install/linux" >&2
  exit 69
fi
