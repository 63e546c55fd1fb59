# Brokers for tests, as functions to be sourced. KAFKA_HOME names a Kafka distribution (its libs/ or jars/ are used): KRaft,
# on 127.0.0.1 only, one broker or three. Everything lies in $brokers_directory, which brokers_start makes.
#
#   brokers_start N         formats and starts N brokers, waits until they answer, sets $bootstrap
#   broker_run I            starts broker I again, with its data
#   broker_await I          waits until it is up
#   broker_signal I SIGNAL  KILL, STOP, CONT, TERM
#   brokers_stop            ends all and removes the directory
#   brokers_fault ID        prints the lines by which Kafka 4.3.1 admits that it halved a transaction of ID (KAFKA-20734)
#   brokers_stuck ID        of the partitions that those lines name, prints those with records that
#                         readers of committed ones do not see: PARTITION LAST-STABLE-OFFSET OFFSET

# The command, so that what runs in the background is Java itself and gets the signals.
set_java() { # sets $java
  java=(java -Xms128m -Xmx512m -XX:+UseSerialGC -Djava.awt.headless=true
    "-Dlog4j2.configurationFile=$brokers_directory/log4j2.xml" -cp "$KAFKA_HOME/libs/*:$KAFKA_HOME/jars/*")
}

# As many ports as asked for that nobody listens on just now, below the range that the system hands out itself.
free_ports() { # COUNT
  local port found=0
  for port in $(shuf -i 12000-31999 -n 400); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    echo "$port"
    found=$((found + 1))
    [ "$found" -lt "$1" ] || return 0
  done
  return 1
}

brokers_start() { # N
  broker_count=$1
  brokers_directory=$(mktemp -d)
  local ports i replicas=1 in_sync=1 voters="" cluster
  ports=($(free_ports $((2 * broker_count))))
  [ "$broker_count" -lt 3 ] || replicas=3 in_sync=2
  bootstrap=""
  for i in $(seq "$broker_count"); do
    voters+="$i@127.0.0.1:${ports[2 * i - 1]},"
    bootstrap+="127.0.0.1:${ports[2 * i - 2]},"
  done
  bootstrap=${bootstrap%,}
  # What the transaction coordinator says is how its faults are told from ours.
  cat >"$brokers_directory/log4j2.xml" <<'X'
<Configuration status="WARN">
  <Appenders><Console name="out" target="SYSTEM_OUT"><PatternLayout pattern="%d{ISO8601} %p %c{1} %m%n"/></Console></Appenders>
  <Loggers>
    <Root level="WARN"><AppenderRef ref="out"/></Root>
    <Logger name="kafka.server" level="INFO"/>
    <Logger name="kafka.coordinator.transaction" level="INFO"/>
    <Logger name="org.apache.kafka.coordinator.transaction" level="INFO"/>
  </Loggers>
</Configuration>
X
  set_java
  cluster=$("${java[@]}" kafka.tools.StorageTool random-uuid | tail -1)
  for i in $(seq "$broker_count"); do
    cat >"$brokers_directory/server$i.properties" <<P
process.roles=broker,controller
node.id=$i
controller.quorum.voters=${voters%,}
controller.listener.names=CONTROLLER
listeners=CLIENT://127.0.0.1:${ports[2 * i - 2]},CONTROLLER://127.0.0.1:${ports[2 * i - 1]}
advertised.listeners=CLIENT://127.0.0.1:${ports[2 * i - 2]}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
log.dirs=$brokers_directory/data$i
auto.create.topics.enable=false
default.replication.factor=$replicas
min.insync.replicas=$in_sync
offsets.topic.replication.factor=$replicas
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$in_sync
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=4
P
    "${java[@]}" kafka.tools.StorageTool format --cluster-id "$cluster" \
      --config "$brokers_directory/server$i.properties" >"$brokers_directory/format$i.log" 2>&1
  done
  for i in $(seq "$broker_count"); do broker_run "$i"; done
  for i in $(seq "$broker_count"); do broker_await "$i"; done
}

broker_run() { # I
  # The log of each life by itself: readiness is looked for in the newest, faults in all.
  broker_lives[$1]=$((${broker_lives[$1]:-0} + 1))
  "${java[@]}" kafka.Kafka "$brokers_directory/server$1.properties" \
    >"$brokers_directory/broker$1.${broker_lives[$1]}.log" 2>&1 </dev/null &
  broker_ids[$1]=$!
}

broker_await() { # I
  for _ in $(seq 600); do
    grep -qs 'Transition from STARTING to STARTED' "$brokers_directory/broker$1.${broker_lives[$1]}.log" && return 0
    kill -0 "${broker_ids[$1]}" 2>/dev/null || break
    sleep 0.2
  done
  echo "broker $1 does not start:" >&2
  tail -20 "$brokers_directory/broker$1.${broker_lives[$1]}.log" >&2
  return 1
}

broker_signal() { # I SIGNAL
  kill -"$2" "${broker_ids[$1]}" 2>/dev/null || true
  # A killed one is waited for: its port and its lock are free then. The shell's word on it is not wanted.
  if [ "$2" = KILL ]; then wait "${broker_ids[$1]}" 2>/dev/null || true; fi
}

brokers_stop() {
  [ -n "${brokers_directory:-}" ] || return 0
  local i
  for i in "${!broker_ids[@]}"; do broker_signal "$i" KILL; done
  rm -rf "$brokers_directory"
}

# A restarted coordinator that finds a prepared commit before it knows the partitions' leaders takes the partitions for deleted,
# and calls the transaction complete without having written a marker to them.
brokers_fault() { # TRANSACTIONAL-ID
  [ -n "${brokers_directory:-}" ] || return 0
  grep -h "find leader endpoint for partitions .* transaction markers for $1, .* can be skipped" \
    "$brokers_directory"/broker*.log 2>/dev/null || true
}

# Nothing behind the last stable offset of such a partition is seen by a read_committed reader, until another transaction of
# the same producer ends there.
brokers_stuck() { # TRANSACTIONAL-ID
  local partition topic stable unseen
  brokers_fault "$1" | sed 's/.*find leader endpoint for partitions [A-Za-z0-9]*(\(.*\)) while .*/\1/; s/, */\n/g' | sort -u |
    while read -r partition; do
      topic=${partition%-*}
      # kcat asks as a reader of committed records does: the answer is the last stable offset.
      stable=$(kcat -Q -b "$bootstrap" -t "$topic:${partition##*-}:-1" 2>/dev/null | sed -n 's/.* offset \([0-9]*\).*/\1/p') || true
      [ -n "$stable" ] || continue
      unseen=$(kcat -C -b "$bootstrap" -X isolation.level=read_uncommitted -t "$topic" -p "${partition##*-}" -o "$stable" \
        -c 1 -e -q -f '%o\n' </dev/null 2>/dev/null) || true
      [ -z "$unseen" ] || echo "$partition $stable $unseen"
    done
}

declare -A broker_ids=() broker_lives=()
