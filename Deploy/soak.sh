#!/usr/bin/env bash
# Disturbs the real daemon on a real Kafka at random moments while events flow, then lets it finish and audits everything.
#
#   soak.sh --kills N [--bootstrap-servers HOST:PORT,… | --brokers 1|3] [--only KIND,…] [--seed N] [--freeze-seconds N]
#           [--program FILE]
#
# Without --bootstrap-servers it starts brokers of its own from KAFKA_HOME, and disturbs those as well. Kinds of disturbance:
#
#   kill          kill -9 while it learns               frozen     SIGSTOP, a successor elsewhere, SIGCONT: it has to find
#   kill-start    kill -9 while it recovers                        itself fenced (75) and keep nothing but what it committed
#   term          SIGTERM: 0 within 10 s                with brokers of its own:
#   broker-kill   kill -9 of a broker, started again    broker-freeze   SIGSTOP of a broker for some seconds
#   start-kill    the same while the daemon recovers    start-freeze    the same while the daemon recovers
#   both          daemon and broker killed at once, the daemon started first
#   term-alone    SIGTERM with the only broker dead: within 10 s, 0, or 75 and no checkpoint
#   term-frozen   the same with the only broker frozen
#
# The first frozen one stays so for --freeze-seconds (default 65: beyond the transaction's timeout). A daemon that ends by
# itself with 75 or 69 is started again, as a supervisor would; any other end is a failure. Prints what was done, what was
# checked, and the verdict. Exit codes: 0 all is equal; 1 something is not; 75 nothing is known, because the only broker was
# killed within milliseconds of a commit and halved a transaction (KAFKA-20734 in Kafka 4.3.1), which its log admits.
set -euo pipefail
cd "$(dirname "$0")/.."

woken=()
kills="" bootstrap="" count=1 seed=$RANDOM only="" freeze=65 program=.build/release/woonkly-feed
while [ $# -gt 0 ]; do
  case "$1" in
    --kills) kills=$2 ;; --bootstrap-servers) bootstrap=$2 ;; --brokers) count=$2 ;; --seed) seed=$2 ;;
    --only) only=$2 ;;
    --freeze-seconds) freeze=$2 ;; --program) program=$2 ;;
    *) sed -n '2,26s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
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

daemon="" life=0 state="" states=0 producer="" ours="" audit=""
declare -A done_kinds=() ends=()
finish() {
  [ -z "$producer" ] || kill "$producer" 2>/dev/null || true
  touch "$directory/stop"
  for job in $(jobs -p); do kill -CONT "$job" 2>/dev/null; kill -KILL "$job" 2>/dev/null; done || true
  # What filters standard error ends with it, and is waited for as well.
  exec 2>/dev/null
  wait || true
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
  fault=$(brokers_fault "$prefix")
  if [ -n "$fault" ]; then
    echo "$fault" | tail -3 | sed 's/^/    broker: /'
    brokers_stuck "$prefix" | sed 's/^\(.*\) \(.*\) \(.*\)/    stuck: \1 has a record at \3, its last stable offset is \2/'
    summary "unknown, the broker halved a transaction (KAFKA-20734)"
    exit 75
  fi
  summary FAILED
  exit 1
}

# The line to keep.
summary() { # VERDICT
  local kind status kinds="" codes="" disturbed=0
  for kind in "${!done_kinds[@]}"; do
    disturbed=$((disturbed + done_kinds[$kind]))
    kinds+="$kind ${done_kinds[$kind]}"$'\n'
  done
  for status in "${!ends[@]}"; do codes+="$status: ${ends[$status]}"$'\n'; done
  say "soak: $disturbed disturbances ($(list "$kinds")), $life lives (ended with $(list "$codes"))${audit:+, $audit}, seed $seed"
  say "verdict: $1"
}

# Lines, sorted, with commas.
list() { printf '%s' "$1" | sort | paste -sd, | sed 's/,/, /g'; }

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
  local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
  while kill -0 "$daemon" 2>/dev/null; do
    [ "${EPOCHREALTIME/[.,]/}" -le "$end" ] || fail "$2: still there after $1 s"
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
  local end=$((${EPOCHREALTIME/[.,]/} + $1 * 10000))
  while [ "${EPOCHREALTIME/[.,]/}" -lt "$end" ]; do
    revive
    sleep 0.02
  done
}

field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$1"; }
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
  if [ "$before" != "$(slots "$old_state")" ]; then
    # The answer to its last commit may have been waiting for it: that epoch is history, and may be kept. Nothing later may.
    local fenced kept
    fenced=$(sed -n 's/.*fenced in epoch \([0-9]*\).*/\1/p' "$directory/daemon.$life.log" | tail -1)
    "$program" inspect "$old_state" --json >"$directory/woken.json" || fail "woken with a successor, it spoiled its disk"
    kept=$(field "$directory/woken.json" epoch)
    [ "$kept" -lt "${fenced:-0}" ] || fail "woken with a successor, it kept epoch $kept, and was fenced in ${fenced:-none}"
    say "woken with a successor, it kept epoch $kept, which it had committed, and was fenced in epoch $fenced"
    woken+=("$old_state")
  fi
  daemon=$successor life=$successor_life
}

# kill -9 of the daemon, and a new one that is on its way for so many hundredths of a second.
restart() { kill -KILL "$daemon" 2>/dev/null || true; end_within 5 killed; start; pass "$1"; }

# Until the newest events are being folded: an epoch, or at least the next one, is in hand.
busy() {
  local begin=$SECONDS before
  until [ -s "$directory/chunks" ]; do
    [ $((SECONDS - begin)) -lt 120 ] || fail "no events for 120 s"
    pass 5
  done
  before=$(cat "$directory/chunks")
  until [ "$(cat "$directory/chunks")" != "$before" ]; do
    [ $((SECONDS - begin)) -lt 120 ] || fail "no more events for 120 s"
    pass 5
  done
}

# SIGTERM while the only broker is dead or frozen.
term_alone() { # KILL | STOP
  local before
  ready
  busy
  pass $((50 + RANDOM % 200))
  broker_signal 1 "$1"
  pass $((RANDOM % 100))
  before=$(slots "$state")
  kill -TERM "$daemon" 2>/dev/null || true
  end_within 10 "SIGTERM without a broker"
  case $status in
    0) ;;
    75) [ "$before" = "$(slots "$state")" ] || fail "SIGTERM without a broker: ended with 75 and a checkpoint" ;;
    *) fail "SIGTERM without a broker ended with $status" ;;
  esac
  if [ "$1" = KILL ]; then broker_run 1; await 1; else broker_signal 1 CONT; fi
  start
}

# After SIGTERM. Brokers that have just been disturbed may leave the last commit without an answer, which is 75.
ended_well() { # WHAT
  [ "$status" = 0 ] && return
  [ -n "$ours" ] && [ "$status" = 75 ] || fail "$1 ended with $status"
  say "$1 ended with 75: the commit was not answered in time"
}

disturb() { # KIND
  local broker=$((1 + RANDOM % count))
  case $1 in
    kill) ready; pass $((RANDOM % 250)); restart 0 ;;
    kill-start) restart $((RANDOM % 60)); restart 0 ;;
    term) ready; pass $((RANDOM % 200)); ready; kill -TERM "$daemon" 2>/dev/null || true; end_within 10 SIGTERM
      ended_well SIGTERM
      start ;;
    frozen) frozen ;;
    broker-kill) ready; pass $((RANDOM % 200)); broker_signal "$broker" KILL; pass $((RANDOM % 300)); broker_run "$broker"; await "$broker" ;;
    broker-freeze) ready; pass $((RANDOM % 200)); broker_signal "$broker" STOP; pass $((200 + RANDOM % 800)); broker_signal "$broker" CONT; pass 100 ;;
    start-kill) restart $((RANDOM % 60)); broker_signal "$broker" KILL; pass $((RANDOM % 300)); broker_run "$broker"; await "$broker" ;;
    start-freeze) restart $((RANDOM % 60)); broker_signal "$broker" STOP; pass $((200 + RANDOM % 800)); broker_signal "$broker" CONT; pass 100 ;;
    both) ready; pass $((RANDOM % 200)); broker_signal "$broker" KILL; restart $((RANDOM % 200)); broker_run "$broker"; await "$broker" ;;
    term-alone) term_alone KILL ;;
    term-frozen) term_alone STOP ;;
    *) echo "soak.sh: there is no disturbance $1" >&2; exit 64 ;;
  esac
  done_kinds[$1]=$((${done_kinds[$1]:-0} + 1))
}

await() { # BROKER
  broker_await "$1" || fail "the broker does not come back"
}

# Each once, then at random.
first=(kill frozen kill-start term)
kinds=(kill kill-start term kill frozen kill kill-start)
if [ -n "$ours" ]; then
  first+=(broker-kill both broker-freeze start-kill start-freeze)
  kinds+=(broker-kill both broker-freeze start-kill start-freeze)
  if [ "$count" = 1 ]; then first+=(term-alone term-frozen); kinds+=(term-alone term-frozen); fi
fi
if [ -n "$only" ]; then IFS=, read -ra first <<<"$only"; kinds=("${first[@]}"); fi

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
kill -TERM "$daemon" 2>/dev/null || true
end_within 10 "the last SIGTERM"
ended_well "the last SIGTERM"
# From where it is to the end of the log, with a list for everyone touched.
for attempt in 1 2 3 4 5; do
  status=0
  timeout 300 "$program" serve "${connection[@]}" "${pace[@]}" --state-directory "$state" --exit-at-end \
    2>"$directory/daemon.last.log" >/dev/null || status=$?
  case $status in
    69 | 75) say "attempt $attempt to come to the end ended with $status" ;;
    *) break ;;
  esac
done
[ "$status" = 0 ] || { tail -5 "$directory/daemon.last.log"; fail "it does not come to the end: $status"; }

"$program" inspect "$state" --json >"$directory/inspect.json" || fail "the checkpoint cannot be read"
# The auditor takes no option that only a daemon has.
timeout 600 "$program" verify --json --lists 100000 "${connection[@]}" --state-directory "$state" \
  >"$directory/verify.json" 2>"$directory/verify.log" || { cat "$directory/verify.log"; fail "verify found a difference"; }
kept=$(field "$directory/inspect.json" digest)
audited=$(field "$directory/verify.json" digest)

for woke in "${woken[@]}"; do
  timeout 600 "$program" verify --lists 1 "${connection[@]}" --state-directory "$woke" >"$directory/woken.log" 2>&1 ||
    { cat "$directory/woken.log"; fail "what a fenced daemon kept is not what the journal says"; }
done

audit="$(field "$directory/verify.json" last_epoch) epochs in $(field "$directory/verify.json" eras) era(s), $(
  field "$directory/verify.json" records) records, $(field "$directory/verify.json" lists) lists recomputed, $(
  field "$directory/verify.json" checkpoints) checkpoints compared"
say "digest of the daemon $kept"
say "digest of the audit  $audited"
[ -n "$kept" ] && [ "$kept" = "$audited" ] || fail "the digests differ"
fault=$(brokers_fault "$prefix")
[ -z "$fault" ] || say "the broker reported KAFKA-20734 without effect: $(echo "$fault" | tail -1)"
summary equal
