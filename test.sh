#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing "${packages_to_build[@]}" "${packages_to_test[@]}"
build release all
ctest --test-dir build/release --output-on-failure -j "$(nproc)" "$@"
