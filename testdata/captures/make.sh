#!/usr/bin/env bash
#
# Takes the packet captures in this directory again.
#
#   ./make.sh                 every capture
#   ./make.sh NAME...         only these, for example: ./make.sh handshake-v5 mosquitto-v311
#   ./make.sh -l              lists the names
#
# Everything runs in a private network namespace whose loopback interface has
# the MTU of an Ethernet, so nothing else is captured, port 1883 is free and a
# long packet spans several TCP segments.
# It does not need to be root where users may have namespaces, as in Debian.
#
# Needs, from Debian 12: tshark mosquitto mosquitto-clients python3-paho-mqtt
# iproute2 util-linux. Besides, for the mqttjs-* captures, nodejs (18 or later)
# and npm; for mqttjs-v5-auth, gcc libmosquitto-dev mosquitto-dev; for mochi-*
# and illegal-mochi-v5, go. MQTT.js and Mochi MQTT are fetched with npm and go
# into a temporary directory that is removed at the end; nothing is installed.
# Set PYTHON to a Python that has paho-mqtt 1.6.1 if /usr/bin/python3 has not.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mqttjs_version=5.16.0
mochi_version=v2.7.9
port=1883
PYTHON=${PYTHON:-/usr/bin/python3}
PATH=$PATH:/usr/sbin:/sbin

names=(
	handshake-v5
	mosquitto-v31 mosquitto-v311 mosquitto-v5
	mosquitto-v5-properties mosquitto-refused
	connack-v5 disconnect-v5
	mqttjs-v31 mqttjs-v311 mqttjs-v5 mqttjs-v5-acks mqttjs-v5-auth
	paho-v31 paho-v311 paho-v5
	mochi-v5 mochi-refused
	illegal-v31 illegal-v5 illegal-mochi-v5 unsupported-version
	websocket
)

die() {
	echo "make.sh: $*" >&2
	exit 1
}

# ---------------------------------------------------------------- processes

work=${CAPTURES_WORK:-}
broker='' capture='' last=''
running=() # clients in the background

cleanup() {
	local pid
	for pid in "${running[@]}" $broker $capture; do
		kill -CONT "$pid" 2>/dev/null || true
		kill "$pid" 2>/dev/null || true
	done
}

# start_broker [LINE...]: mosquitto with these configuration lines.
start_broker() {
	printf '%s\n' "listener $port 127.0.0.1" 'user root' 'persistence false' "$@" >"$work/broker.conf"
	: >"$work/broker.log"
	mark=0
	mosquitto -v -c "$work/broker.conf" >>"$work/broker.log" 2>&1 &
	broker=$!
	wait_log 'mosquitto version .* running'
}

stop_broker() {
	kill "$broker"
	wait "$broker" || true
	broker=
}

# wait_log REGEX: waits until the broker's log has it after the last mark_log.
mark=0
mark_log() {
	mark=$(wc -l <"$work/broker.log")
}

wait_log() {
	local i
	for ((i = 0; i < 200; i++)); do
		if tail -n "+$((mark + 1))" "$work/broker.log" | grep -E -- "$1" >/dev/null; then
			return
		fi
		sleep 0.1
	done
	cat "$work/broker.log" >&2
	die "the broker never logged: $1"
}

# A password file with the user admin, password public.
passwords() {
	rm -f "$work/passwords"
	mosquitto_passwd -b -c "$work/passwords" admin public
	echo "password_file $work/passwords"
}

start_capture() {
	local i
	rm -f "$work/raw.pcapng"
	tshark -q -i lo -f "tcp port $port" -w "$work/raw.pcapng" 2>"$work/tshark.log" &
	capture=$!
	# The file gets its header when the filter is in place.
	for ((i = 0; i < 200; i++)); do
		if [[ -s $work/raw.pcapng ]]; then
			sleep 0.2
			return
		fi
		sleep 0.1
	done
	cat "$work/tshark.log" >&2
	die 'tshark does not capture'
}

# stop_capture NAME: waits until the file has stopped growing, then writes it
# without the names of the machine, its processor and its kernel.
stop_capture() {
	local i size last_size=-1
	for ((i = 0; i < 20; i++)); do
		size=$(stat -c %s "$work/raw.pcapng")
		((size == last_size)) && break
		last_size=$size
		sleep 1
	done
	kill -INT "$capture"
	wait "$capture" || true
	capture=
	editcap -F nsecpcap "$work/raw.pcapng" "$work/plain.pcap"
	if [[ $1 == websocket ]]; then # not plain MQTT, and told apart by its name
		check "$1" "$work/plain.pcap"
		cp "$work/plain.pcap" "$here/$1.pcap"
		chmod 644 "$here/$1.pcap"
		return
	fi
	editcap -F pcapng "$work/plain.pcap" "$work/$1.pcapng"
	check "$1" "$work/$1.pcapng"
	cp "$work/$1.pcapng" "$here/$1.pcapng"
	chmod 644 "$here/$1.pcapng"
}

# check NAME FILE: every stream starts with its SYN and ends, and nothing is
# malformed that should not be.
check() {
	local syn streams ends malformed
	streams=$(tshark -r "$2" -T fields -e tcp.stream 2>/dev/null | sort -un | wc -l)
	syn=$(tshark -r "$2" -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' 2>/dev/null | wc -l)
	ends=$(tshark -r "$2" -Y 'tcp.flags.fin == 1 || tcp.flags.reset == 1' -T fields -e tcp.stream 2>/dev/null | sort -un | wc -l)
	malformed=$(tshark -r "$2" -Y _ws.malformed 2>/dev/null | wc -l)
	echo "$1: $streams connections, $(tshark -r "$2" -Y mqtt -T fields -e mqtt.msgtype 2>/dev/null | tr ',' '\n' | grep -c .) packets, $malformed malformed"
	((streams == syn && streams == ends)) || die "$1: $syn of $streams connections have a start and $ends an end"
	[[ $1 == illegal-* ]] || ((malformed == 0)) || die "$1: malformed packets"
}

# ------------------------------------------------------------------ clients

log() {
	"$@" >>"$work/clients.log" 2>&1
}

# try COMMAND...: a client that may fail.
try() {
	log "$@" || true
}

# spawn COMMAND...: a client in the background; its process is $last.
spawn() {
	"$@" >>"$work/clients.log" 2>&1 &
	last=$!
	running+=("$last")
}

# spawn_sub ID COMMAND...: the same, and waits for its subscription.
spawn_sub() {
	local id=$1
	shift
	mark_log
	spawn "$@"
	wait_log "Sending SUBACK to $id( |\$)"
}

# finish PID [SIGNAL]: ends a background client; without a signal it ends by itself.
finish() {
	if [[ -n ${2:-} ]]; then
		kill "-$2" "$1"
	fi
	wait "$1" 2>/dev/null || true
}

paho() {
	log "$PYTHON" "$here/paho_client.py" "$@"
}

raw() {
	log "$PYTHON" "$here/raw_client.py" "$@"
}

mqttjs() {
	log env NODE_PATH="$work/npm/node_modules" node "$here/mqttjs_client.js" "$@"
}

numbers=$(seq -s ' ' 1 5000)

# ---------------------------------------------------------------- scenarios

# mosquitto_session VERSION: 31, 311 or 5.
mosquitto_session() {
	local pub=(mosquitto_pub -h 127.0.0.1 -V "mqttv$1") sub=(mosquitto_sub -h 127.0.0.1 -V "mqttv$1")
	local watcher idle qos will expire=()
	[[ $1 == 5 ]] && expire=(-x 3600)

	start_broker 'allow_anonymous true' "$(passwords)"
	start_capture

	# One subscriber sees nearly everything; an idle one pings. Filters with wildcards.
	spawn_sub watcher "${sub[@]}" -i watcher -u admin -P public -q 2 -W 90 \
		-t 'plant/#' -t 'will/+' -t '+/+/empty' -t "\$SYS/broker/version"
	watcher=$last
	spawn_sub idle "${sub[@]}" -i idle -k 5 -q 0 -W 7 -t 'nothing/here'
	idle=$last

	# QoS 0, 1 and 2; with a user name; a client identifier that is made up.
	for qos in 0 1 2; do
		log "${pub[@]}" -i "writer-$qos" -q $qos -t plant/line1/temperature -m 21.5
	done
	log "${pub[@]}" -i admin -u admin -P public -q 1 -t plant/line1/temperature -m 21.6
	log "${pub[@]}" -q 1 -t plant/line1/temperature -m 21.7
	log "${pub[@]}" -i repeat -q 2 --repeat 3 -t plant/line1/speed -m 7
	log "${pub[@]}" -i nobody-listens -q 1 -t unread -m x

	# Subscriptions that are granted QoS 0 and 1, and unsubscriptions.
	for qos in 0 1; do
		spawn_sub "reader-$qos" "${sub[@]}" -i "reader-$qos" -q $qos -C 1 -W 20 \
			-t 'plant/+/speed' -t 'Größe/+' -U 'plant/+/level' -U 'plant/old/#'
		log "${pub[@]}" -i "writer-$qos" -q 2 -t plant/line2/speed -m 8
		finish "$last"
	done

	# Payloads: empty, UTF-8, and around the borders of the Remaining Length.
	log "${pub[@]}" -i writer -q 0 -t plant/line1/empty -n
	log "${pub[@]}" -i writer -q 2 -t plant/line1/empty -n
	log "${pub[@]}" -i schreiber -q 1 -t plant/Größe/温度 -m '23 °C'
	log "${pub[@]}" -i writer -q 0 -t plant/length -m "${numbers:0:$(($1 == 5 ? 112 : 113))}" # 127
	log "${pub[@]}" -i writer -q 0 -t plant/length -m "${numbers:0:$(($1 == 5 ? 113 : 114))}" # 128
	log "${pub[@]}" -i writer -q 1 -t plant/length -m "${numbers:0:3000}"
	log "${pub[@]}" -i writer -q 2 -t plant/length -m "${numbers:0:16500}"

	# A retained message: set, received by a later subscription, cleared.
	log "${pub[@]}" -i writer -q 1 -r -t plant/state -m running
	log "${sub[@]}" -i late -q 1 -C 1 -W 20 -t plant/state
	log "${pub[@]}" -i writer -q 1 -r -t plant/state -n
	log "${sub[@]}" -i later -q 1 -E -W 20 -t plant/state

	# Wills of each QoS: one retained, one empty; published when the client is killed,
	# and not published when it leaves.
	for qos in 0 1 2; do
		will=(--will-topic "will/$qos" --will-qos "$qos")
		((qos == 2)) || will+=(--will-payload "killed $qos")
		((qos != 1)) || will+=(--will-retain)
		log "${pub[@]}" -i "leaves-$qos" "${will[@]}" -t unread -m x
		spawn_sub "killed-$qos" "${sub[@]}" -i "killed-$qos" "${will[@]}" -t unread -W 20
		mark_log
		finish "$last" KILL
		wait_log "Sending PUBLISH to watcher .*will/$qos"
	done
	log "${pub[@]}" -i writer -q 1 -r -t will/1 -n

	# A persistent session: messages while away, then Session Present.
	log "${sub[@]}" -i durable -c "${expire[@]}" -q 2 -E -t 'durable/#'
	for qos in 1 2; do
		log "${pub[@]}" -i writer -q $qos -t "durable/$qos" -m "while away"
	done
	log "${sub[@]}" -i durable -c "${expire[@]}" -q 2 -C 2 -W 20 -t 'durable/#'

	# A client that stops before it acknowledges: the server sends again with DUP.
	for qos in 1 2; do
		spawn_sub durable "${sub[@]}" -i durable -c "${expire[@]}" -q 2 -W 20 -t 'durable/#'
		kill -STOP "$last"
		log "${pub[@]}" -i writer -q $qos -t "durable/$qos" -m "again"
		mark_log
		finish "$last" KILL
		wait_log 'durable .*(closed|disconnected|error)|error .*durable'
		log "${sub[@]}" -i durable -c "${expire[@]}" -q 2 -C 1 -W 20 -t 'durable/#'
	done
	log "${sub[@]}" -i durable -q 2 -E -t 'durable/#'

	finish "$idle"
	finish "$watcher" TERM
	stop_broker
}

capture_handshake-v5() {
	start_broker 'allow_anonymous false' "$(passwords)"
	start_capture
	paho handshake
	stop_broker
}

capture_mosquitto-v31() { mosquitto_session 31; }
capture_mosquitto-v311() { mosquitto_session 311; }
capture_mosquitto-v5() { mosquitto_session 5; }

# Everything that the option -D takes.
capture_mosquitto-v5-properties() {
	local pub=(mosquitto_pub -h 127.0.0.1 -V mqttv5) sub=(mosquitto_sub -h 127.0.0.1 -V mqttv5)
	local connect=(
		-D connect session-expiry-interval 600
		-D connect receive-maximum 20
		-D connect maximum-packet-size 100000
		-D connect topic-alias-maximum 10
		-D connect request-response-information 1
		-D connect request-problem-information 1
		-D connect user-property site north
		-D connect user-property site south
	)
	local will=(
		--will-topic will/properties --will-payload gone --will-qos 1
		-D will will-delay-interval 1
		-D will payload-format-indicator 1
		-D will message-expiry-interval 60
		-D will content-type text/plain
		-D will response-topic reply/will
		-D will correlation-data will-1
		-D will user-property cause lost
		-D will user-property cause unknown
	)
	local publish=(
		-D publish payload-format-indicator 1
		-D publish message-expiry-interval 300
		-D publish content-type application/json
		-D publish response-topic reply/here
		-D publish correlation-data request-1
		-D publish user-property unit °C
		-D publish user-property unit K
	)
	local disconnect=(
		-D disconnect session-expiry-interval 30
		-D disconnect reason-string 'the end'
		-D disconnect user-property why test
		-D disconnect user-property why 'only a test'
	)
	local watcher shared qos

	start_broker 'allow_anonymous true' "$(passwords)"
	start_capture

	# Every packet of a subscriber.
	spawn_sub watcher "${sub[@]}" -i watcher -u admin -P public -q 2 -W 90 "${connect[@]}" "${will[@]}" \
		-D subscribe subscription-identifier 7 \
		-D subscribe user-property filter one \
		-D subscribe user-property filter two \
		-D unsubscribe user-property filter old \
		-D unsubscribe user-property filter older \
		"${disconnect[@]}" \
		-t 'props/#' -t 'will/#' -t "\$share/group/props/shared" --retain-as-published -U props/old -U props/older
	watcher=$last
	# Subscription identifiers of one to four bytes.
	for id in 127 128 16384 2097152 268435455; do
		log "${sub[@]}" -i "numbered-$id" -q 1 -E -t props/a -D subscribe subscription-identifier $id
	done

	# Every packet of a publisher.
	for qos in 0 1 2; do
		log "${pub[@]}" -i "writer-$qos" -q $qos "${connect[@]}" "${will[@]}" "${publish[@]}" "${disconnect[@]}" \
			-t props/a -m '{"t": 21.5}'
	done
	log "${pub[@]}" -i writer -D connect request-problem-information 0 -D connect request-response-information 0 \
		-D publish payload-format-indicator 0 -t props/a -m zero
	log "${pub[@]}" -i writer -D disconnect server-reference elsewhere:1883 -t props/a -m moved
	# The first message sets the alias, the others have no topic.
	log "${pub[@]}" -i alias -q 1 -t props/alias -D publish topic-alias 5 --repeat 3 -m x
	log "${pub[@]}" -i alias -q 2 -t props/alias -D publish topic-alias 1 "${publish[@]}" --repeat 2 -m x

	# A retained message with properties; the watcher sees it as published.
	log "${pub[@]}" -i writer -q 1 -r -t props/state "${publish[@]}" -m running
	log "${sub[@]}" -i late -q 1 -C 1 -W 20 -t props/state -D subscribe subscription-identifier 9
	log "${pub[@]}" -i writer -q 1 -r -t props/state -n

	# A Will with properties, one second after its client was killed.
	spawn_sub killed "${sub[@]}" -i killed -W 20 -x 5 "${will[@]}" -t unread
	mark_log
	finish "$last" KILL
	wait_log 'Sending PUBLISH to watcher .*will/properties'

	# A shared subscription of two clients; the watcher has the same filter.
	spawn_sub shared "${sub[@]}" -i shared -q 1 -C 1 -W 20 -t "\$share/group/props/shared"
	shared=$last
	for n in 1 2 3; do
		log "${pub[@]}" -i writer -q 1 -t props/shared -m "job $n"
	done
	finish "$shared"

	# Request and response: the answer goes where the request says.
	mark_log
	"${sub[@]}" -i responder -q 1 -C 1 -W 20 -t rr/request -F '%R %D' >"$work/request" 2>&1 &
	local responder=$!
	running+=("$responder")
	wait_log 'Sending SUBACK to responder'
	spawn mosquitto_rr -h 127.0.0.1 -V mqttv5 -i requester -q 1 -W 20 "${connect[@]}" \
		-D publish correlation-data request-2 -D publish user-property unit s \
		-D subscribe user-property filter reply \
		-t rr/request -e rr/response -m 'what time is it'
	finish "$responder"
	local topic data
	read -r topic data <"$work/request"
	log "${pub[@]}" -i responder -q 1 -t "$topic" -D publish correlation-data "$data" -m noon
	finish "$last"

	finish "$watcher" TERM
	stop_broker
}

# dynsec: configuration lines for the dynamic security plugin, with the users
# admin, password public, and bob, password secret. Bob may subscribe to open/#
# only, and may not unsubscribe or publish.
dynsec() {
	local plugin ctrl=(mosquitto_ctrl -h 127.0.0.1 -u admin -P public dynsec)
	plugin=$(find /usr/lib /usr/local/lib -name mosquitto_dynamic_security.so -print -quit)
	[[ -n $plugin ]] || die 'mosquitto_dynamic_security.so not found'
	dynsec_lines=('allow_anonymous false' "plugin $plugin" "plugin_opt_config_file $work/dynsec.json")
	rm -f "$work/dynsec.json"
	log mosquitto_ctrl dynsec init "$work/dynsec.json" admin public
	start_broker "${dynsec_lines[@]}"
	log "${ctrl[@]}" createClient bob -p secret
	log "${ctrl[@]}" createRole reader
	log "${ctrl[@]}" addRoleACL reader subscribePattern 'open/#' allow 1
	log "${ctrl[@]}" addClientRole bob reader 1
	log "${ctrl[@]}" setDefaultACLAccess unsubscribe deny
	stop_broker
}

capture_mosquitto-refused() {
	local version qos pub
	dynsec

	# CONNACK with an error.
	start_broker 'allow_anonymous false' 'allow_zero_length_clientid false' "$(passwords)"
	start_capture
	for version in 31 311 5; do
		pub=(mosquitto_pub -h 127.0.0.1 -V "mqttv$version" -t x -m x)
		try "${pub[@]}" -i nobody
		try "${pub[@]}" -i wrong -u admin -P secret
		try "${pub[@]}" -i unknown -u root -P public
		try "${pub[@]}" -i half -u admin
	done
	paho empty-id 311
	paho empty-id 5
	try mosquitto_pub -h 127.0.0.1 -V mqttv5 -i scram -t x -m x -u admin -P public \
		-D connect authentication-method SCRAM-SHA-256 -D connect authentication-data 'n,,n=admin,r=abc'
	stop_broker

	# Accepted, and then not authorised: SUBACK, PUBACK, PUBREC, UNSUBACK.
	start_broker "${dynsec_lines[@]}"
	for version in 31 311 5; do
		for qos in 0 1 2; do
			try mosquitto_pub -h 127.0.0.1 -V "mqttv$version" -i "writer-$qos" -u bob -P secret -q $qos -t x -m x
		done
		try mosquitto_sub -h 127.0.0.1 -V "mqttv$version" -i reader -u bob -P secret -W 1 \
			-q 1 -t secret -t open/door -t 'secret/#' -U secret
	done
	stop_broker
}

# A broker with limits says so in its CONNACK.
capture_connack-v5() {
	local pub=(mosquitto_pub -h 127.0.0.1 -V mqttv5)

	start_broker 'allow_anonymous true' 'max_qos 1' 'retain_available false' 'max_packet_size 4096' \
		'max_topic_alias 5' 'max_keepalive 30' 'max_inflight_messages 7' 'auto_id_prefix assigned-' \
		'persistent_client_expiration 1h'
	start_capture
	log "${pub[@]}" -t x -m x
	log "${pub[@]}" -k 10 -i named -x 7200 -t x -m x
	log "${pub[@]}" -c -i named -x -1 -t x -m x
	log "${pub[@]}" -c -i named -x 0 -t x -m x
	stop_broker
}

capture_disconnect-v5() {
	local sub=(mosquitto_sub -h 127.0.0.1 -V mqttv5) pub=(mosquitto_pub -h 127.0.0.1 -V mqttv5)
	dynsec

	start_broker 'allow_anonymous true' 'max_packet_size 1000' 'max_topic_alias 10' 'max_inflight_messages 3'
	start_capture

	# By the client: normal, with the Will, with other reason codes.
	log "${pub[@]}" -i normal -t x -m x
	spawn_sub watcher "${sub[@]}" -i watcher -q 1 -t hold/will -C 1 -W 20
	paho with-will
	finish "$last"
	paho reason 'Normal disconnection'
	paho reason 'Unspecified error'
	paho reason 'Message rate too high'

	# By the server: session taken over (no DISCONNECT), packet too large, topic
	# alias invalid, quota exceeded (PUBREC), keep alive timeout (no DISCONNECT).
	spawn_sub same "$PYTHON" "$here/paho_client.py" hold same
	log "${pub[@]}" -i same -t x -m x
	finish "$last"
	paho too-large
	paho alias 11
	paho flood 8
	paho mute

	# Server shutting down (no DISCONNECT).
	spawn_sub last "$PYTHON" "$here/paho_client.py" hold last
	stop_broker
	finish "$last"

	# QoS not supported, retain not supported.
	start_broker 'allow_anonymous true' 'max_qos 1' 'retain_available false'
	paho publish 2 plain
	paho publish 1 retain
	stop_broker

	# Administrative action.
	start_broker "${dynsec_lines[@]}"
	mark_log
	spawn "$PYTHON" "$here/paho_client.py" login bob
	wait_log 'Sending CONNACK to bob'
	log mosquitto_ctrl -h 127.0.0.1 -u admin -P public dynsec disableClient bob
	finish "$last"
	stop_broker
}

# mqttjs_session COMMAND [VERSION]
mqttjs_session() {
	start_broker 'allow_anonymous true' "$(passwords)"
	start_capture
	mqttjs "$@"
	stop_broker
}

capture_mqttjs-v31() { mqttjs_session session 31; }
capture_mqttjs-v311() { mqttjs_session session 311; }
capture_mqttjs-v5() { mqttjs_session session 5; }
capture_mqttjs-v5-acks() { mqttjs_session acks; }

capture_mqttjs-v5-auth() {
	gcc -Wall -Wextra -shared -fPIC -o "$work/auth_plugin.so" "$here/auth_plugin.c"
	start_broker 'allow_anonymous true' "plugin $work/auth_plugin.so"
	start_capture
	mqttjs auth
	stop_broker
}

# paho_session VERSION
paho_session() {
	start_broker 'allow_anonymous true' "$(passwords)"
	start_capture
	paho session "$1"
	stop_broker
}

capture_paho-v31() { paho_session 31; }
capture_paho-v311() { paho_session 311; }
capture_paho-v5() { paho_session 5; }

# start_mochi [KEY=VALUE...]: Mochi MQTT with these capabilities changed. User
# names and passwords are checked if the first argument is "ledger".
start_mochi() {
	local setting auth='allow_all: true'
	if [[ ${1:-} == ledger ]]; then
		auth='ledger: {auth: [{username: admin, password: public, allow: true}]}'
		shift
	fi
	cat >"$work/mochi.yaml" <<-YAML
		listeners:
		  - {type: tcp, id: tcp, address: "127.0.0.1:$port"}
		hooks:
		  auth:
		    $auth
		options:
		  capabilities:
		    maximum_clients: 100
		    maximum_message_expiry_interval: 86400
		    maximum_client_writes_pending: 1024
		    maximum_session_expiry_interval: 4294967295
		    maximum_packet_size: 0
		    receive_maximum: 1024
		    maximum_inflight: 1024
		    topic_alias_maximum: 65535
		    minimum_protocol_version: 3
		    maximum_qos: 2
		    retain_available: 1
		    wildcard_sub_available: 1
		    sub_id_available: 1
		    shared_sub_available: 1
		logging:
		  level: INFO
	YAML
	for setting in "$@"; do
		sed -i "s/ ${setting%=*}:.*/ ${setting%=*}: ${setting#*=}/" "$work/mochi.yaml"
	done
	: >"$work/broker.log"
	mark=0
	"$work/docker" -config "$work/mochi.yaml" >>"$work/broker.log" 2>&1 &
	broker=$!
	wait_log 'server started'
}

# Another server: packets and properties that mosquitto 2.0.11 does not send.
capture_mochi-v5() {
	local pub=(mosquitto_pub -h 127.0.0.1 -V mqttv5)

	# Several Subscription Identifiers in a PUBLISH, Topic Aliases by the server,
	# user properties in SUBACK and UNSUBACK.
	start_mochi
	start_capture
	paho overlap
	# DISCONNECT: session taken over, server shutting down.
	spawn "$PYTHON" "$here/paho_client.py" hold same
	sleep 1
	log "${pub[@]}" -i same -t x -m x
	finish "$last"
	spawn "$PYTHON" "$here/paho_client.py" hold last
	sleep 1
	stop_broker
	finish "$last"

	# A CONNACK that shortens the Session Expiry Interval.
	start_mochi maximum_session_expiry_interval=600 maximum_qos=1
	log "${pub[@]}" -x 3600 -t x -m x
	stop_broker
}

# CONNACK with the codes that mosquitto does not send.
capture_mochi-refused() {
	local version

	start_mochi ledger maximum_clients=1
	start_capture
	for version in 31 311 5; do
		try mosquitto_pub -h 127.0.0.1 -V "mqttv$version" -i wrong -u admin -P secret -t x -m x
	done
	spawn mosquitto_sub -h 127.0.0.1 -V mqttv5 -i only -u admin -P public -t x -W 3
	sleep 1
	for version in 31 311 5; do
		try mosquitto_pub -h 127.0.0.1 -V "mqttv$version" -i more -u admin -P public -t x -m x
	done
	finish "$last"
	stop_broker
	start_mochi minimum_protocol_version=5
	for version in 31 311; do
		try mosquitto_pub -h 127.0.0.1 -V "mqttv$version" -i old -t x -m x
	done
	stop_broker
}

# Mochi MQTT answers a PUBLISH that has a User Property with PUBACK 0x01.
capture_illegal-mochi-v5() {
	local qos
	start_mochi
	start_capture
	for qos in 1 2; do
		try mosquitto_pub -h 127.0.0.1 -V mqttv5 -i "writer-$qos" -q $qos -t x -m x -D publish user-property unit K
	done
	stop_broker
}

capture_illegal-v31() {
	start_broker 'allow_anonymous true'
	start_capture
	log mosquitto_pub -h 127.0.0.1 -V mqttv31 -i twenty-four-characters-- -t x -m x
	raw '10 0e 0006 4d5149736470 03 02 003c 0000'                                   # no client identifier
	stop_broker
}

capture_illegal-v5() {
	# CONNECT, client identifier "raw", Clean Start, Keep Alive 60, no properties.
	local hello='10 10 0004 4d515454 05 02 003c 00 0003 726177'

	start_broker 'allow_anonymous true'
	start_capture
	# Rules for the CONNECT itself.
	raw '10 10 0004 4d515454 05 03 003c 00 0003 726177'                             # reserved flag
	raw '10 10 0004 4d515454 05 0a 003c 00 0003 726177'                             # Will QoS without Will
	raw '11 10 0004 4d515454 05 02 003c 00 0003 726177'                             # fixed header flags 1
	raw '10 13 0004 4d515454 05 02 003c 03 210000 0003 726177'                      # Receive Maximum 0
	raw '10 1a 0004 4d515454 05 02 003c 0a 1100000001 1100000002 0003 726177'       # a property twice
	raw '10 12 0004 4d515454 05 02 003c 02 2401 0003 726177'                        # Maximum QoS in CONNECT
	raw '10 80 80 80 80 01'                                                         # Remaining Length of 5 bytes
	raw 'e0 00'                                                                     # DISCONNECT first
	# A Will with a Reason String: mosquitto_pub sends it if it is told to.
	try mosquitto_pub -h 127.0.0.1 -V mqttv5 -i bad-will --will-topic w -D will reason-string r -t x -m x
	# After a CONNECT.
	raw "$hello" "$hello"                                       # second CONNECT
	raw "$hello" '36 07 0001 78 0001 00 78'                     # PUBLISH, QoS 3
	raw "$hello" '38 05 0001 78 00 78'                          # PUBLISH, DUP with QoS 0
	raw "$hello" '30 06 0003 782f23 00'                         # PUBLISH, topic x/#
	raw "$hello" '30 03 0000 00'                                # PUBLISH, no topic and no alias
	raw "$hello" '30 07 0001 78 03 230000'                      # PUBLISH, Topic Alias 0
	raw "$hello" '30 05 0002 c328 00'                           # PUBLISH, topic is not UTF-8
	raw "$hello" '30 05 0002 7800 00'                           # PUBLISH, topic has U+0000
	raw "$hello" '30 06 0001 78 02 0102'                        # PUBLISH, Payload Format Indicator 2
	raw "$hello" '30 06 0001 78 02 0b01'                        # PUBLISH, Subscription Identifier from a client
	raw "$hello" '30 06 0001 78 02 7f00'                        # PUBLISH, unknown property 0x7f
	raw "$hello" '32 06 0001 78 0000 00'                        # PUBLISH, Packet Identifier 0
	raw "$hello" '80 07 0001 00 0001 78 00'                     # SUBSCRIBE, fixed header flags 0
	raw "$hello" '82 03 0001 00'                                # SUBSCRIBE, no filter
	raw "$hello" '82 07 0001 00 0001 78 03'                     # SUBSCRIBE, QoS 3
	raw "$hello" '82 07 0001 00 0001 78 30'                     # SUBSCRIBE, Retain Handling 3
	raw "$hello" '82 07 0001 00 0001 78 c0'                     # SUBSCRIBE, reserved option bits
	raw "$hello" '82 09 0001 00 0003 612362 00'                 # SUBSCRIBE, filter a#b
	raw "$hello" '82 0f 0001 00 0009 2473686172652f672f 00'     # SUBSCRIBE, filter $share/g/
	raw "$hello" '82 09 0001 02 0b00 0001 78 00'                # SUBSCRIBE, Subscription Identifier 0
	raw "$hello" 'a2 03 0001 00'                                # UNSUBSCRIBE, no filter
	raw "$hello" '60 02 0001'                                   # PUBREL, fixed header flags 0
	raw "$hello" 'c0 01 00'                                     # PINGREQ with a body
	raw "$hello" 'c0 80 00'                                     # PINGREQ, Remaining Length in two bytes
	raw "$hello" 'd0 00'                                        # PINGRESP from a client
	raw "$hello" 'e1 00'                                        # DISCONNECT, fixed header flags 1
	raw "$hello" 'e0 07 00 05 1100000005'                       # DISCONNECT, Session Expiry after none
	raw "$hello" 'f0 00'                                        # AUTH without a method
	raw "$hello" '00 00'                                        # packet type 0
	raw "$hello" '30 06 0001 78 8000 78'                        # PUBLISH, Property Length in two bytes
	stop_broker
}

# A CONNECT of a protocol level that does not exist.
capture_unsupported-version() {
	start_broker 'allow_anonymous true'
	start_capture
	raw '10 10 0004 4d515454 06 02 003c 00 0003 726177'
	raw '10 0f 0004 4d515454 02 02 003c 0003 726177'
	stop_broker
}

# MQTT inside of WebSockets.
capture_websocket() {
	local version
	start_broker 'allow_anonymous true' 'listener 8080' 'protocol websockets'
	local port=8080 # which tshark takes for HTTP
	start_capture
	for version in 31 311 5; do
		paho websocket "$version"
	done
	stop_broker
}

# --------------------------------------------------------------------- main

if [[ -z $work ]]; then
	# Outside: check the arguments, prepare, and go into the namespace.
	if [[ ${1:-} == -l ]]; then
		printf '%s\n' "${names[@]}"
		exit
	fi
	(($#)) || set -- "${names[@]}"
	for name in "$@"; do
		[[ " ${names[*]} " == *" $name "* ]] || die "no capture has the name $name (see -l)"
	done
	for tool in tshark editcap mosquitto mosquitto_pub mosquitto_passwd ip unshare; do
		[[ $(type -P "$tool") ]] || die "$tool is missing"
	done
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	if [[ " $* " == *' mqttjs-'* ]]; then
		mkdir "$work/npm"
		npm install --loglevel=error --no-audit --no-fund --prefix "$work/npm" "mqtt@$mqttjs_version"
	fi
	if [[ " $* " == *mochi-* ]]; then
		GOBIN=$work GOMODCACHE=$work/gomod GOFLAGS=-modcacherw \
			go install "github.com/mochi-mqtt/server/v2/cmd/docker@$mochi_version"
	fi
	CAPTURES_WORK=$work unshare --map-root-user --net "${BASH_SOURCE[0]}" "$@" || {
		[[ ! -s $work/clients.log ]] || tail -n 20 "$work/clients.log" >&2
		exit 1
	}
	exit
fi

trap cleanup EXIT
ip link set lo up mtu 1500 gso_max_segs 1
for name in "$@"; do
	echo "== $name" >>"$work/clients.log"
	"capture_$name"
	stop_capture "$name"
done
