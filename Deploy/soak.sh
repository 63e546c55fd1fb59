#!/usr/bin/env bash
# Disturbs the real daemon on a real Kafka at random moments while events flow, then lets it finish and audits everything.
#
#   soak.sh --kills N [--bootstrap-servers HOST:PORT,… | --brokers 1|3] [--seed N] [--freeze-seconds N] [--program FILE]
#
# Without --bootstrap-servers it starts brokers of its own from KAFKA_HOME, and disturbs those as well. Disturbances:
#
#   kill          kill -9 while it learns               frozen     SIGSTOP, a successor elsewhere, SIGCONT: it has to find
#   kill-start    kill -9 while it recovers                        itself fenced (75) and leave its disk as it is
#   term          SIGTERM: 0 within 10 s                with brokers of its own:
#   broker-kill   kill -9 of a broker, started again    broker-freeze   SIGSTOP of a broker for some seconds
#   both          daemon and broker killed at once, the daemon started first
#   term-alone    SIGTERM with the (only) broker dead: within 10 s, 0 or 75
#
# The first frozen one stays so for --freeze-seconds (default 65: beyond the transaction's timeout). A daemon that ends by
# itself with 75 or 69 is started again, as a supervisor would; any other end is a failure. Prints what was done, what was
# checked, and the verdict; exits with 0 or 1. Kafka 4.3.1 can halve a transaction when its only broker is killed within
# milliseconds of a commit (KAFKA-20734): the broker's log says so, and so does the verdict, which is a failure all the same.
set -euo pipefail
cd "$(dirname "$0")/.."

kills="" bootstrap="" count=1 seed=$RANDOM freeze=65 program=.build/release/woonkly-feed
while [ $# -gt 0 ]; do
  case "$1" in
    --kills) kills=$2 ;; --bootstrap-servers) bootstrap=$2 ;; --brokers) count=$2 ;; --seed) seed=$2 ;;
    --freeze-seconds) freeze=$2 ;; --program) program=$2 ;;
    *) sed -n '2,21s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
  esac
  shift 2
done
[ -n "$kills" ] || { echo "soak.sh: --kills N is missing" >&2; exit 64; }
[ -x "$program" ] || { echo "soak.sh: there is no $program; swift build -c release makes it" >&2; exit 69; }
program=$(realpath "$program")
RANDOM=$seed
# The shell announces each killed child; they are counted below.
exec 2> >(grep --line-buffered -v ': line [0-9]*: *[0-9]* Killed ' >&2 || true)
directory=$(mktemp -d)
prefix=soak-$$-$seed
. Deploy/brokers.sh

daemon="" life=0 state="" states=0 producer="" ours=""
declare -A done_kinds=() ends=()
finish() {
  [ -z "$producer" ] || kill "$producer" 2>/dev/null || true
  touch "$directory/stop"
  for job in $(jobs -p); do kill -CONT "$job" 2>/dev/null; kill -KILL "$job" 2>/dev/null; done || true
  wait 2>/dev/null || true
  brokers_stop
  rm -rf "$directory"
}
trap finish EXIT
trap 'exit 1' INT TERM

say() { printf '%s %s\n' "$(date +%T)" "$*"; }

# FAILED, and why. A fault of the broker's own is named as such, with its own words for it.
fail() {
  say "FAILED: $*"
  [ ! -e "$directory/daemon.$life.log" ] || tail -5 "$directory/daemon.$life.log" | sed 's/^/    /'
  local fault
  fault=$(brokers_fault)
  if [ -n "$fault" ]; then
    echo "$fault" | tail -3 | sed 's/^/    broker: /'
    say "verdict: the broker halved a transaction (KAFKA-20734), seed $seed; nothing is known about the daemon"
  else
    say "verdict: FAILED, seed $seed"
  fi
  exit 1
}

if [ -z "$bootstrap" ]; then
  [ -n "${KAFKA_HOME:-}" ] || { echo "soak.sh: neither --bootstrap-servers nor KAFKA_HOME" >&2; exit 64; }
  ours=yes
  brokers_start "$count"
fi

connection=(--bootstrap-servers "$bootstrap" --set "topics.partitions=3")
for topic in interactions items recommendations dead_letter journal; do
  connection+=(--set "topics.$topic=$prefix.$topic")
done
connection+=(--set "kafka.transactional_id=$prefix" --set "kafka.group=$prefix")
# Small epochs and frequent checkpoints: whatever the moment, something is under way.
pace=(--set epoch.records=500 --set epoch.interval_milliseconds=50 --set lists.interval_milliseconds=200
  --set checkpoint.interval_seconds=1 --http-port 0)

# Events of a few hundred users, in files of one second each, until told to stop.
produce() {
  local chunk=0
  while [ ! -e "$directory/stop" ]; do
    chunk=$((chunk + 1))
    awk -v seed="$((seed + chunk))" -v chunk="$chunk" 'BEGIN {
      srand(seed)
      split("like view click rating skip impression", types, " ")
      if (chunk == 1)
        for (i = 0; i < 500; i++) printf "{\"item_id\":\"i%d\",\"tags\":[\"t%d\"]}\n", i, i % 20
      for (n = 0; n < 1000; n++) {
        type = types[1 + int(rand() * 6)]
        value = type == "rating" ? sprintf(",\"value\":%d", 1 + int(rand() * 5)) : ""
        printf "{\"user_id\":\"u%d\",\"item_id\":\"i%d\",\"type\":\"%s\"%s,\"occurred_at\":%.0f}\n",
          int(rand() * 400), int(rand() * rand() * 600), type, value, 1795315069113 + (chunk * 1000 + n) * 10
      }
      if (chunk % 7 == 0) printf "{\"user_id\":\"u%d\",\"type\":\"forget\",\"occurred_at\":1795315069113}\n", int(rand() * 400)
    }' >"$directory/events"
    # What a dead broker does not take is not in the log, and so none of the daemon's business.
    "$program" replay --ndjson "$directory/events" --rate 1000 "${connection[@]}" >"$directory/replay.log" 2>&1 || sleep 1
    echo "$chunk" >"$directory/chunks"
  done
}

start() { # [STATE]; does not wait
  [ $# -eq 0 ] || state=$1
  life=$((life + 1))
  "$program" serve "${connection[@]}" "${pace[@]}" --state-directory "$state" 2>"$directory/daemon.$life.log" >/dev/null &
  daemon=$!
}

# The exit code of the daemon, which must have come within so many seconds.
end_within() { # SECONDS WHAT; sets $status
  local begin=$SECONDS
  while kill -0 "$daemon" 2>/dev/null; do
    [ $((SECONDS - begin)) -le "$1" ] || fail "$2: still there after $1 s"
    sleep 0.05
  done
  status=0
  wait "$daemon" 2>/dev/null || status=$?
  ends[$status]=$((${ends[$status]:-0} + 1))
}

# Until it is ready. One that ends by itself with 75 or 69 starts again.
ready() {
  local begin=$SECONDS
  until grep -q " Ready" "$directory/daemon.$life.log" 2>/dev/null; do
    [ $((SECONDS - begin)) -lt 180 ] || fail "not ready after 180 s"
    revive
    sleep 0.05
  done
}

revive() {
  kill -0 "$daemon" 2>/dev/null && return 0
  end_within 1 "gone"
  case $status in
    69 | 75) start ;;
    *) fail "the daemon ended by itself with $status" ;;
  esac
}

# For so many hundredths of a second, while a supervisor looks after the daemon.
pass() {
  local end=$(($(date +%s%N) + $1 * 10000000))
  while [ "$(date +%s%N)" -lt "$end" ]; do
    revive
    sleep 0.02
  done
}

slots() { (cd "$1" && sha256sum checkpoint.* 2>/dev/null | sort) || true; }

frozen() {
  ready
  pass $((50 + RANDOM % 200))
  local old=$daemon old_state=$state old_life=$life before hold=3
  [ "${done_kinds[frozen]:-0}" -gt 0 ] || hold=$freeze
  kill -STOP "$old"
  states=$((states + 1))
  start "$directory/state.$states"
  ready
  # The successor begins without a checkpoint and has folded the whole journal again.
  before=$(slots "$old_state")
  pass $((hold * 100))
  kill -CONT "$old"
  local successor=$daemon successor_life=$life
  daemon=$old life=$old_life
  end_within 30 "woken with a successor"
  [ "$status" = 75 ] || fail "woken with a successor, it ended with $status and not 75"
  grep -q fenced "$directory/daemon.$life.log" || fail "woken with a successor, it does not say that it was fenced"
  [ "$before" = "$(slots "$old_state")" ] || fail "woken with a successor, it wrote to its disk"
  daemon=$successor life=$successor_life
}

disturb() { # KIND
  local broker=$((1 + RANDOM % (count > 0 ? count : 1)))
  case $1 in
    kill) ready; pass $((RANDOM % 250)); kill -KILL "$daemon"; end_within 5 killed; start ;;
    kill-start) kill -KILL "$daemon"; end_within 5 killed; start; pass $((RANDOM % 60)); kill -KILL "$daemon" || true; end_within 5 killed; start ;;
    term) ready; pass $((RANDOM % 200)); kill -TERM "$daemon"; end_within 10 SIGTERM
      [ "$status" = 0 ] || fail "SIGTERM ended with $status"
      start ;;
    frozen) frozen ;;
    broker-kill) ready; pass $((RANDOM % 200)); broker_signal "$broker" KILL; pass $((RANDOM % 300)); broker_run "$broker"; await "$broker" ;;
    broker-freeze) ready; pass $((RANDOM % 200)); broker_signal "$broker" STOP; pass $((200 + RANDOM % 800)); broker_signal "$broker" CONT; pass 100 ;;
    both) ready; pass $((RANDOM % 200)); broker_signal "$broker" KILL; kill -KILL "$daemon"; end_within 5 killed
      start; pass $((RANDOM % 200)); broker_run "$broker"; await "$broker" ;;
    term-alone) ready; pass $((50 + RANDOM % 200)); broker_signal 1 KILL; pass $((RANDOM % 100)); kill -TERM "$daemon"
      end_within 10 "SIGTERM with the broker dead"
      case $status in 0 | 75) ;; *) fail "SIGTERM with the broker dead ended with $status" ;; esac
      broker_run 1; broker_await 1 || fail "the broker does not come back"; start ;;
  esac
  done_kinds[$1]=$((${done_kinds[$1]:-0} + 1))
}

await() { # BROKER
  broker_await "$1" || fail "the broker does not come back"
}

kinds=(kill kill-start term kill frozen kill kill-start)
first=(kill frozen kill-start)
if [ -n "$ours" ]; then
  kinds+=(broker-kill both)
  first+=(broker-kill both)
  if [ "$count" = 1 ]; then kinds+=(term-alone); first+=(term-alone); else kinds+=(broker-kill broker-freeze broker-freeze); fi
fi

say "soak of $program, $kills disturbances, seed $seed, $([ -n "$ours" ] && echo "$count brokers of our own" || echo "brokers at $bootstrap")"
start "$directory/state.0"
ready
produce &
producer=$!
for number in $(seq "$kills"); do
  if [ "$number" -le ${#first[@]} ]; then kind=${first[number - 1]}; else kind=${kinds[RANDOM % ${#kinds[@]}]}; fi
  disturb "$kind"
  say "$number of $kills: $kind, life $life"
done

touch "$directory/stop"
wait "$producer" || true
producer=""
ready
kill -TERM "$daemon"
end_within 10 "the last SIGTERM"
[ "$status" = 0 ] || fail "the last SIGTERM ended with $status"
# From where it is to the end of the log, with a list for everyone touched.
timeout 300 "$program" serve "${connection[@]}" "${pace[@]}" --state-directory "$state" --exit-at-end \
  2>"$directory/daemon.last.log" >/dev/null || { tail -5 "$directory/daemon.last.log"; fail "it does not come to the end: $?"; }

field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$1"; }
"$program" inspect "$state" --json >"$directory/inspect.json" || fail "the checkpoint cannot be read"
# The auditor takes no option that only a daemon has.
timeout 600 "$program" verify --json --lists 100000 "${connection[@]}" --state-directory "$state" \
  >"$directory/verify.json" 2>"$directory/verify.log" || { cat "$directory/verify.log"; fail "verify found a difference"; }
kept=$(field "$directory/inspect.json" digest)
audited=$(field "$directory/verify.json" digest)

disturbed=0
for kind in "${!done_kinds[@]}"; do
  disturbed=$((disturbed + done_kinds[$kind]))
  say "  $kind: ${done_kinds[$kind]}"
done
for status in "${!ends[@]}"; do say "  ended with $status: ${ends[$status]}"; done
say "$disturbed disturbances, $life lives, $(field "$directory/verify.json" last_epoch) epochs in $(
  field "$directory/verify.json" eras) eras, $(field "$directory/verify.json" records) records, $(
  field "$directory/verify.json" lists) lists recomputed, $(field "$directory/verify.json" checkpoints) checkpoints compared"
say "digest of the daemon $kept"
say "digest of the audit  $audited"
[ -n "$kept" ] && [ "$kept" = "$audited" ] || fail "the digests differ"
fault=$(brokers_fault)
[ -z "$fault" ] || say "the broker reported KAFKA-20734 without effect: $(echo "$fault" | tail -1)"
say "verdict: equal, seed $seed"
