# Sourced by run.sh and test.sh: installs what a fresh Debian 12 lacks, and builds. Quick when there is nothing to do.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages_to_build=(
  build-essential cmake ninja-build pkg-config ca-certificates
  libpoco-dev libsqlite3-dev libssl-dev libsimdjson-dev libutf8proc-dev libdeflate-dev zlib1g-dev
  libxlsxwriter-dev libpodofo-dev libharfbuzz-dev libcli11-dev libtomlplusplus-dev
  libjpeg62-turbo-dev libpng-dev libgtest-dev libpugixml-dev
  libqpdf-dev libseccomp-dev libqrencode-dev
  fonts-noto-cjk fonts-lxgw-wenkai fonts-hanazono fonts-dejavu-core fonts-symbola
)
packages_to_test=(
  poppler-utils poppler-data zxing-cpp-tools qpdf unzip zip 7zip libarchive-tools python3-gi gir1.2-poppler-0.18
  postgresql-15
)

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_missing() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "Installing: ${missing[*]}" >&2
  # The tests want PostgreSQL's programs, not a server that runs: Debian makes and starts one unless told otherwise.
  local no_cluster=/etc/postgresql-common/createcluster.d/dossier-no-cluster.conf
  if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then
    as_root mkdir -p "${no_cluster%/*}"
    echo "create_main_cluster = false" | as_root tee "$no_cluster" >/dev/null
  fi
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >&2
  [ ! -f "$no_cluster" ] || as_root rm "$no_cluster"
}

# build <preset> <target…>
build() {
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >&2
  cmake --build --preset "$preset" --target "$@" >&2
}
