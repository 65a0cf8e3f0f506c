#!/usr/bin/env bash
# A private PostgreSQL for the tests: in a temporary folder, on a Unix socket only, gone when the tests are over.
#   postgres.sh start FILE [PROCESS]   writes its URL into FILE; exit status 77 if this machine has no PostgreSQL. It does not
#                             outlive that process, or the one that called
#   postgres.sh stop FILE
#   postgres.sh restart FILE  as a server that falls over and comes back
set -euo pipefail

action=$1
owner=${3:-$PPID}
file=$(realpath -m "$2")
self=$(realpath "$0")
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)

# PostgreSQL refuses to run as root.
as_server() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  else
    local user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"
  fi
}

stop() {
  [ -f "$file" ] || return 0
  local folder
  folder=$(cat "$file.folder")
  as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder" "$file" "$file.folder"
}

start() {
  if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
    echo "no initdb on this machine: apt-get install postgresql-15" >&2
    exit 77
  fi
  stop
  local folder
  folder=$(mktemp -d /tmp/dossier-postgres-XXXXXX)
  chmod 711 "$folder"
  mkdir "$folder/data" "$folder/socket"
  if [ "$(id -u)" -eq 0 ]; then
    local user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    chown "$user" "$folder/data" "$folder/socket"
  fi
  cd "$folder"
  as_server "$bin/initdb" -D data -U dossier -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  # Only processes die in these tests, never the machine: without fsync a test takes half the time.
  cat >>data/postgresql.conf <<CONF
listen_addresses = ''
unix_socket_directories = '$folder/socket'
unix_socket_permissions = 0777
fsync = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 60
CONF
  as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w start </dev/null >/dev/null 2>&1
  echo "$folder" >"$file.folder"
  echo "postgresql://dossier@${folder//\//%2F}%2Fsocket/postgres" >"$file"
  # Whatever becomes of the one who runs the tests, the server does not outlive it.
  (setsid bash -c "tail --pid=$owner -f /dev/null; '$self' stop '$file'" </dev/null >/dev/null 2>&1 &)
}

restart() {
  local folder
  folder=$(cat "$file.folder")
  cd "$folder"
  as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/log" -m immediate -w restart \
    </dev/null >/dev/null 2>&1
}

"$action"
