#!/usr/bin/env bash
# Measures `dossier run` over a fresh inbox: bundles a second, megabytes a second, CPU seconds by stage, peak memory.
# By hand, on a quiet machine. README.md beside it says how to read the figures.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'TEXT'
usage: bench.sh [--count N] [--size-kb K] [--mixed] [--floor] [--jobs N] [--runs N] [--seed S] [--work DIR] [--program FILE] [--keep]
       bench.sh --judge [--runs N] [--work DIR] [--program FILE] [--keep]

  --limits "A B C"  with --floor: most CPU and least bundles/s as shares of each floor's, and MB that the peak must stay below
  --judge       300 bundles of 4 MB and 1,000 of 60 KB with the floor, and each figure beside what it should be
  --count N     bundles (300)
  --size-kb K   size of each; all are right registrations with five deflated attachments (4000)
  --mixed       instead: the bundles of `dossier sample` as it is, a quarter of them wrong
  --floor       after each run the floors over the same corpus (floor.cpp), bare and with a legible answer, and how far from each the run was
  --jobs N      (2)
  --runs N      each over a fresh copy of the inbox, with fresh state and outbox (3)
  --work DIR    where the corpus and the runs lie: twice the corpus a run, three times a floor (a new folder in $TMPDIR)
  --program F   (the release preset's, built if it is not there)
  --keep        leave the corpus for the next time

The same by environment: COUNT SIZE_KB JOBS RUNS SEED WORK PROGRAM.
TEXT
}

count=${COUNT:-300} size_kb=${SIZE_KB:-4000} jobs=${JOBS:-2} runs=${RUNS:-3} seed=${SEED:-1}
work=${WORK:-} program=${PROGRAM:-} mixed='' keep='' floor='' judge='' limits=''
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
    --judge) judge=1; shift ;;
    --limits) limits=$2; shift 2 ;;
    --keep) keep=1; shift ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 1 ;;
  esac
done

font=/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf
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

if [ -n "$judge" ]; then
  same=(--floor --jobs "$jobs" --runs "$runs" --seed "$seed" --work "$work" --program "$program")
  "$0" "${same[@]}" --count 300 --size-kb 4000 --limits "1.25 0.79 80"
  "$0" "${same[@]}" --count 1000 --size-kb 60 --limits "1.80 0.54 80"
  exit
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

printf '%-5s %8s %9s %7s %7s %8s %8s %9s %8s %9s %8s %7s %6s %7s %4s\n' \
  run seconds bundles/s MB/s_in out cpu/b claim/b prepare/b decide/b produce/b summ/b disk_s beats peak_MB exit
# A fresh copy of the corpus. What an office sends is rarely in memory; without the right to empty the cache it is.
fill_inbox() {
  mkdir -p "$place"
  cp -a "$corpus" "$place/inbox"
  sync
  { echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null || true
}
# What the runs leave is removed after the last: without a journal ext4 looks, for minutes, at every inode that was freed
# before it takes one for a new file, which was a fifth of a small bundle's CPU.
rm -rf "$work/runs"
for run in $(seq "$runs"); do
  place=$work/runs/$run
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
  stage() { number "$place/run.json" "\"$1\":\\{[^}]*\"cpu_seconds\""; }
  awk -v run="$run" -v n="$count" -v b="$bytes" -v real="$real" -v cpu="$user" -v sys="$system" \
    -v p="$(stage prepare)" -v d="$(stage decide)" -v o="$(stage produce)" -v s="$(stage summarise)" \
    -v out="$(number "$place/run.json" '"bytes_out"')" -v beats="$(number "$place/run.json" '"beats"')" \
    -v sync="$(number "$place/run.json" '"sync_seconds"')" \
    -v commit="$(number "$place/run.json" '"commit_seconds"')" \
    -v peak="$(number "$place/run.json" '"peak_rss_mb"')" -v status="$status" -v kept="$work/figures" '
    function each(x) { return x == "-" ? x : sprintf("%.2fms", 1000 * x / n) }
    BEGIN { printf "%-5s %8.2f %9.1f %7.1f %7s %8s %8s %9s %8s %9s %8s %7s %6s %7s %4d\n", run, real, n / real,
              b / 1e6 / real, (out == "-" ? out : sprintf("%.1f", out / 1e6 / real)), each(cpu + sys),
              each(cpu + sys - p - d - o - s), each(p), each(d), each(o), each(s),
              (beats == "-" ? beats : sprintf("%.2f", sync + commit)), beats,
              (peak == "-" ? peak : sprintf("%.0f", peak)), status
              printf "%s %s %s\n", real, cpu + sys, peak >kept }'
  [ -n "$floor" ] || continue
  read -r run_real run_cpu run_peak <"$work/figures"
  for kind in bare legible; do
    place=$work/runs/$run-$kind
    fill_inbox
    words=("$place/inbox" "$place/floor" "$jobs")
    [ $kind = bare ] || words+=("$font")
    read -r _ real cpu floor_peak < <("$(dirname "$program")/tests/floor" "${words[@]}")
    awk -v k="$kind" -v n="$count" -v b="$bytes" -v real="$real" -v cpu="$cpu" -v peak="$floor_peak" \
      'BEGIN { printf "%-7s %6.2f %9.1f %7.1f %7s %8s %69s %7.0f\n", k, real, n / real, b / 1e6 / real, "", sprintf("%.2fms", 1000 * cpu / n), "", peak }'
    awk -v a="$run_real" -v c="$run_cpu" -v real="$real" -v cpu="$cpu" -v peak="$run_peak" -v limits="$limits" '
      BEGIN { printf "%-5s %8.2f %9.2f %15s %8.2f", "ratio", a / real, real / a, "", c / cpu
              if (split(limits, at) == 3)
                printf "   CPU <= %s of the floor (%s), bundles/s >= %s of it (%s), peak < %s MB (%s)", at[1],
                  (c / cpu <= at[1] ? "met" : "MISSED"), at[2], (real / a >= at[2] ? "met" : "MISSED"), at[3],
                  (peak < at[3] ? "met" : "MISSED")
              print "" }'
  done
done
rm -rf "$work/runs" "$work/figures"
