#!/usr/bin/env bash
# Counts the instructions that a bundle costs, by callgrind, against those that instructions.txt keeps: a guard against creep.
# By hand; UPDATE=1 writes the figures anew. README.md beside it says how repeatable they are.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/build/release/dossier}
kept=$here/instructions.txt
most=3  # per cent above what is kept
work=$(mktemp -d "${TMPDIR:-/tmp}/dossier-instructions-XXXXXX")
trap 'rm -rf "$work"' EXIT

# The program's own instructions over that inbox: one thread, and no reader, which is a process of its own.
instructions() {
  valgrind --tool=callgrind --callgrind-out-file="$work/$1.out" --trace-children=no --log-file="$work/$1.valgrind" \
    "$program" run --inbox "$work/$1" --outbox "$work/$1.outbox" --state "$work/$1.state" --templates "$root/templates" \
    --jobs 0 --now 2026-11-22T10:00:00+08:00 --json >"$work/$1.json" 2>"$work/$1.log"
  if ! grep -q "\"bundles\": $2," "$work/$1.json"; then
    echo "instructions.sh: of $2 bundles: $(grep '"bundles"' "$work/$1.json")" >&2
    exit 1
  fi
  awk '/^(summary|totals):/ { found = $2 } END { print found }' "$work/$1.out"
}

key=$work/key
head -c 32 /dev/zero >"$key"
prepare() {
  mkdir -p "$work/$1" "$work/$1.state"
  cp "$key" "$work/$1.state/key"
  [ "$2" = 0 ] || "$program" sample "$2" "$work/$1" --size-kb "$3" --seed 1 >/dev/null
}
prepare none 0
prepare small 40 300  # smaller ones ask a reader, which callgrind cannot start
prepare large 4 4000
none=$(instructions none 0)
small=$(( ($(instructions small 40) - none) / 40 ))
large=$(( ($(instructions large 4) - none) / 4 ))

figures=$(printf 'start %s\nsmall %s\nlarge %s\n' "$none" "$small" "$large")
if [ -n "${UPDATE:-}" ]; then
  echo "$figures" >"$kept"
  echo "$figures"
  exit
fi
echo "$figures" | awk -v most="$most" '
  NR == FNR { was[$1] = $2; next }
  { change = 100 * ($2 / was[$1] - 1)
    above = change > most
    failed = failed || above
    printf "%-6s %12d instructions, was %12d, %+.2f %%%s\n", $1, $2, was[$1], change, (above ? ": too many" : "") }
  END { exit failed }' "$kept" -
