#!/usr/bin/env bash
# Measures `dossier run` over a fresh inbox: bundles a second, megabytes a second, CPU seconds by stage, peak memory.
# By hand, on a quiet machine. README.md beside it says how to read the figures.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'TEXT'
usage: bench.sh [--count N] [--size-kb K] [--mixed] [--floor] [--jobs N] [--runs N] [--seed S] [--work DIR] [--program FILE] [--keep]

  --count N     bundles (300)
  --size-kb K   size of each; all are right registrations with five deflated attachments (4000)
  --mixed       instead: the bundles of `dossier sample` as it is, a quarter of them wrong
  --floor       after each run the floor over the same corpus (floor.cpp), and how far from it the run was
  --jobs N      (2)
  --runs N      each over a fresh copy of the inbox, with fresh state and outbox (3)
  --work DIR    where the corpus and the runs lie; three times the corpus must fit (a new folder in $TMPDIR)
  --program F   (the release preset's, built if it is not there)
  --keep        leave the corpus for the next time

The same by environment: COUNT SIZE_KB JOBS RUNS SEED WORK PROGRAM.
TEXT
}

count=${COUNT:-300} size_kb=${SIZE_KB:-4000} jobs=${JOBS:-2} runs=${RUNS:-3} seed=${SEED:-1}
work=${WORK:-} program=${PROGRAM:-} mixed='' keep='' floor=''
while [ $# -gt 0 ]; do
  case $1 in
    --count) count=$2; shift 2 ;;
    --size-kb) size_kb=$2; shift 2 ;;
    --jobs) jobs=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --work) work=$2; shift 2 ;;
    --program) program=$2; shift 2 ;;
    --mixed) mixed=1; shift ;;
    --floor) floor=1; shift ;;
    --keep) keep=1; shift ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 1 ;;
  esac
done

root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "$program" ]; then
  program=$root/build/release/dossier
  if [ ! -x "$program" ]; then
    (cd "$root" && cmake --preset release >/dev/null && cmake --build --preset release --target dossier >&2)
  fi
fi
if [ -z "$work" ]; then
  work=$(mktemp -d "${TMPDIR:-/tmp}/dossier-bench-XXXXXX")
  [ -n "$keep" ] || trap 'rm -rf "$work"' EXIT
fi

kind="$count-${size_kb}kb-$seed"
[ -z "$mixed" ] || kind="$count-mixed-$seed"
corpus=$work/corpus-$kind
if [ ! -d "$corpus" ]; then
  options=(--seed "$seed")
  [ -n "$mixed" ] || options+=(--size-kb "$size_kb")
  "$program" sample "$count" "$corpus.part" "${options[@]}" >/dev/null
  mv "$corpus.part" "$corpus"
fi
bytes=$(find "$corpus" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
awk -v n="$count" -v b="$bytes" -v j="$jobs" -v p="$program" \
  'BEGIN { printf "%d bundles, %.1f MB, %d jobs, %s\n", n, b / 1e6, j, p }'

# A number of the one JSON document, by the text before it; - if it is not there.
number() {
  local found
  found=$(tr -d ' \n' <"$1" | sed -nE "s/.*$2:(-?[0-9.eE+-]+).*/\1/p")
  echo "${found:--}"
}

printf '%-4s %9s %10s %8s %9s %9s %9s %9s %9s %9s\n' \
  run seconds bundles/s MB/s cpu/b prepare/b decide/b produce/b peak_MB exit
# A fresh copy of the corpus. What an office sends is rarely in memory; without the right to empty the cache it is.
fill_inbox() {
  rm -rf "$place"
  mkdir -p "$place"
  cp -a "$corpus" "$place/inbox"
  sync
  { echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null || true
}
place=$work/run
for run in $(seq "$runs"); do
  fill_inbox
  status=0
  TIMEFORMAT='%R %U %S'
  { time "$program" run --inbox "$place/inbox" --outbox "$place/outbox" --state "$place/state" \
      --templates "$root/templates" --jobs "$jobs" --now 2026-11-22T10:00:00+08:00 --json \
      >"$place/run.json" 2>"$place/run.log"; } 2>"$place/time" || status=$?
  if [ ! -s "$place/run.json" ]; then
    tail -5 "$place/run.log" >&2
    echo "bench.sh: dossier run failed with status $status" >&2
    exit "$status"
  fi
  read -r real user system <"$place/time"
  done_bundles=$(number "$place/run.json" '"bundles"')
  if [ "$done_bundles" != "$count" ]; then
    echo "bench.sh: $done_bundles of $count bundles were done" >&2
    exit 1
  fi
  awk -v run="$run" -v n="$count" -v b="$bytes" -v real="$real" -v cpu="$user" -v sys="$system" \
    -v p="$(number "$place/run.json" '"prepare":\{[^}]*"cpu_seconds"')" \
    -v d="$(number "$place/run.json" '"decide":\{[^}]*"cpu_seconds"')" \
    -v o="$(number "$place/run.json" '"produce":\{[^}]*"cpu_seconds"')" \
    -v peak="$(number "$place/run.json" '"peak_rss_mb"')" -v status="$status" -v kept="$work/figures" '
    function each(x) { return x == "-" ? x : sprintf("%.2fms", 1000 * x / n) }
    BEGIN { printf "%-4d %9.2f %10.1f %8.1f %9s %9s %9s %9s %9s %9d\n", run, real, n / real,
              b / 1e6 / real, each(cpu + sys), each(p), each(d), each(o), (peak == "-" ? peak : sprintf("%.0f", peak)), status
              if (kept) printf "%s %s\n", real, cpu + sys >kept }'
  [ -n "$floor" ] || continue
  fill_inbox
  read -r _ real cpu peak < <("$(dirname "$program")/tests/floor" "$place/inbox" "$place/floor" "$jobs")
  awk -v n="$count" -v b="$bytes" -v real="$real" -v cpu="$cpu" -v peak="$peak" \
    'BEGIN { printf "floor %8.2f %10.1f %8.1f %9s %29s %9.0f\n", real, n / real, b / 1e6 / real, sprintf("%.2fms", 1000 * cpu / n), "", peak }'
  read -r run_real run_cpu <"$work/figures"
  awk -v a="$run_real" -v c="$run_cpu" -v real="$real" -v cpu="$cpu" \
    'BEGIN { printf "ratio %8.2f %10.2f %18.2f\n", a / real, real / a, c / cpu }'
done
rm -rf "$work/run" "$work/figures"
