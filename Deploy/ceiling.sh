#!/usr/bin/env bash
# Shows that the memory ceiling printed at the start holds: runs the release build with small budgets in a control group of exactly
# that size, against a real Kafka, while ids come that never come again. Each event is a new user with a new item of a new author;
# checkpoints every five seconds, and a stop and a start half way.
#
#   ceiling.sh [EVENTS]        10,000,000 by default
#
# WOONKLY_TEST_BROKERS (HOST:PORT) or KAFKA_HOME (a distribution, started and stopped again) says where Kafka is, and
# WOONKLY_TEST_PROGRAM where the program is (else it is built). ID_BYTES pads ids, up to 256 bytes. Exit status 0: the ceiling held;
# 1: it was passed, or the daemon died; 77: this machine cannot tell.
set -euo pipefail
cd "$(dirname "$0")/.."
events=${1:-10000000}
id_bytes=${ID_BYTES:-0}
work=$(mktemp -d)
group="" daemon="" kafka=""

finish() {
  [ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null || true
  [ -z "$kafka" ] || { kill "$kafka" 2>/dev/null; wait "$kafka" 2>/dev/null; } || true
  [ -z "$group" ] || { sleep 1; rmdir "$group" 2>/dev/null; } || true
  rm -rf "$work"
}
trap finish EXIT
skip() { echo "ceiling.sh: skipped: $1" >&2; exit 77; }
fail() { echo "ceiling.sh: $1" >&2; tail -5 "$work/log" >&2 || true; exit 1; }

command -v kcat >/dev/null || skip "kcat is not installed"
if [ -z "${WOONKLY_TEST_BROKERS:-}" ]; then
  [ -n "${KAFKA_HOME:-}" ] || skip "neither WOONKLY_TEST_BROKERS nor KAFKA_HOME is set"
  sed -e "s|^log.dirs=.*|log.dirs=$work/data|" "$KAFKA_HOME/config/server.properties" >"$work/server.properties"
  "$KAFKA_HOME/bin/kafka-storage.sh" format --standalone -t "$("$KAFKA_HOME/bin/kafka-storage.sh" random-uuid)" \
    -c "$work/server.properties" >"$work/kafka.log" 2>&1
  "$KAFKA_HOME/bin/kafka-server-start.sh" "$work/server.properties" >>"$work/kafka.log" 2>&1 &
  kafka=$!
  for _ in $(seq 60); do grep -q "Kafka Server started" "$work/kafka.log" && break; sleep 1; done
  WOONKLY_TEST_BROKERS=localhost:9092
fi
if [ -z "${WOONKLY_TEST_PROGRAM:-}" ]; then
  swift build -c release --product woonkly-feed >&2
  WOONKLY_TEST_PROGRAM="$(swift build -c release --show-bin-path)/woonkly-feed"
fi

# The group's size is written once the program has said what it needs: the same settings are asked for the ceiling first.
name="ceiling-$$"
port=$((20000 + $$ % 20000))
settings=(
  --bootstrap-servers "$WOONKLY_TEST_BROKERS" --state-directory "$work/state" --http-port "$port"
  --set "topics.interactions=$name.interactions" --set "topics.items=$name.items"
  --set "topics.recommendations=$name.recommendations" --set "topics.dead_letter=$name.dead-letter"
  --set "topics.journal=$name.journal" --set "kafka.group=$name" --set "kafka.transactional_id=$name"
  --set learning.user_rows=50000 --set learning.item_rows=50000 --set learning.tag_rows=10000
  --set learning.log_entries=100000 --set lists.length=10 --set lists.users_per_rebuild=2000
  --set epoch.bytes=4194304 --set epoch.records=10000 --set checkpoint.interval_seconds=5
)

if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  group=/sys/fs/cgroup/$name
  mkdir "$group" 2>/dev/null || { group=""; skip "no control group can be made under /sys/fs/cgroup"; }
  [ -f "$group/memory.max" ] || skip "the memory controller is not enabled for control groups"
  limit() { echo "$1" >"$group/memory.max"; [ ! -f "$group/memory.swap.max" ] || echo 0 >"$group/memory.swap.max"; }
else
  group=/sys/fs/cgroup/memory/$name
  mkdir "$group" 2>/dev/null || { group=""; skip "no control group can be made under /sys/fs/cgroup/memory"; }
  limit() { echo "$1" >"$group/memory.limit_in_bytes"; }
fi

peak=0
start() {
  # The shell enters the group and becomes the daemon.
  bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$WOONKLY_TEST_PROGRAM" serve "${settings[@]}" 2>>"$work/log" &
  daemon=$!
  for _ in $(seq 600); do
    curl -fs "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 && return
    kill -0 "$daemon" 2>/dev/null || break
    look
    sleep 0.1
  done
  fail "the daemon did not become ready"
}
look() {
  local now
  now=$(awk '/^VmHWM/ { print $2 * 1024 }' "/proc/$daemon/status" 2>/dev/null || true)
  [ -z "$now" ] || [ "$now" -le "$peak" ] || peak=$now
}
stop() {
  look
  kill -TERM "$daemon"
  wait "$daemon" || fail "the daemon ended with status $?"
  daemon=""
}
metric() { curl -fs "http://127.0.0.1:$port/metrics" | awk -v name="$1" '$1 == name { print $2 }'; }
produce() {
  # kcat stamps the records itself.
  awk -v from="$1" -v to="$2" -v now="$(date +%s)000" -v width="$id_bytes" 'BEGIN {
    for (i = 1; i < width; i++) pad = pad "x"
    for (i = from; i < to; i++) {
      tail = i substr(pad, 1, width > length(i) + 1 ? width - length(i) - 1 : 0)
      printf "u%s|{\"user_id\":\"u%s\",\"item_id\":\"p%s\",\"author_id\":\"%s\",\"type\":\"like\",\"occurred_at\":%s}\n", \
        tail, tail, tail, substr(tail, 1, 250), now
    }
  }' | kcat -P -b "$WOONKLY_TEST_BROKERS" -t "$name.interactions" -K '|' -X queue.buffering.max.messages=1000000 -X acks=all
}
# Until $1 records are learned since the start.
await() {
  local learned=0
  while [ "$learned" -lt "$1" ]; do
    sleep 0.5
    look
    kill -0 "$daemon" 2>/dev/null || fail "the daemon died after $learned events of this start"
    learned=$(metric 'woonkly_feed_records_total{outcome="learned"}' || true)
    learned=${learned:-0}
  done
}

# Before the limit is set: only to hear the number.
start
ceiling=$(grep -o 'memory_ceiling_bytes[=" :]*[0-9]*' "$work/log" | grep -o '[0-9]*$' | head -1)
[ -n "$ceiling" ] || fail "no ceiling was printed"
stop
peak=0
limit "$ceiling"

half=$((events / 2))
begun=$(date +%s)
start
produce 0 "$half" & producer=$!
await "$half"
wait "$producer" || fail "the events could not be sent"
stop
start
produce "$half" "$events" & producer=$!
await $((events - half))
wait "$producer" || fail "the events could not be sent"
users=$(metric 'woonkly_feed_evicted_rows_total{table="users"}')
items=$(metric 'woonkly_feed_evicted_rows_total{table="items"}')
tags=$(metric 'woonkly_feed_evicted_rows_total{table="tags"}')
refused=$(metric 'woonkly_feed_records_total{outcome="refused"}')
checkpoints=$(metric 'woonkly_feed_checkpoints_total')
stop
failures=$(cat "$group/memory.failcnt" 2>/dev/null || awk '$1 == "oom" { print $2 }' "$group/memory.events" 2>/dev/null || echo "?")

echo "events      $events in $(($(date +%s) - begun)) s, ids of at least $id_bytes bytes"
echo "ceiling     $ceiling bytes"
echo "peak        $peak bytes resident ($((peak * 100 / ceiling)) %)"
echo "evicted     $users users, $items items, $tags tags since the second start; $refused records refused"
echo "checkpoints $checkpoints since the second start; the group's limit was met $failures times"
if [ "$peak" -gt "$ceiling" ]; then
  echo "verdict     the ceiling was passed"
  exit 1
fi
echo "verdict     the ceiling held"
