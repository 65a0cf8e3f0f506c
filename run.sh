#!/usr/bin/env bash
# Installs what is missing, builds, and takes inbox/ through the line. Options are those of `dossier run`.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

install_missing "${packages_to_build[@]}"
build release dossier
dossier=build/release/dossier

# People fill them in; they are made from the tables beside them.
[ -n "$(find templates/forms -name '*.xlsx' -print -quit)" ] || "$dossier" forms >&2

if [ -z "$(find inbox -type f ! -name README.md -print -quit)" ] && [ ! -e state/ledger.sqlite ]; then
  echo "inbox/ is empty: making sample bundles, so that there is something to see." >&2
  "$dossier" sample 60 inbox --seed 1 >&2
fi

"$dossier" run "$@"
