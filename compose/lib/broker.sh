# A RabbitMQ of our own on free loopback ports, with its files in $PURSER_DATA/rabbitmq. Sourced by compose/up.

broker_pid=""
bus_addresses=""
. compose/rabbitmq/users.sh

# free_port: a TCP port of the loopback address that nothing listens at.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

# start_broker: starts it, with a user for each service, and sets the folder bus_addresses, where a file of a service's name
# holds the address that it gets as PURSER_BUS. It runs in a session of its own, so that a signal to our process group
# leaves it up while services drain; a watcher ends it where this script is gone.
start_broker() {
    local home="$PURSER_DATA/rabbitmq" name port
    mkdir -p "$home"
    # One that an earlier start left behind must be gone first.
    if [ -s "$home/watcher.pid" ]; then
        local old waited=0
        old=$(cat "$home/watcher.pid")
        while kill -0 "$old" 2>/dev/null && [ $waited -lt 100 ]; do sleep 0.2; waited=$((waited + 1)); done
    fi
    port=$(free_port)
    name="purser-$(printf '%s' "$PURSER_DATA" | cksum | cut -d' ' -f1)@localhost"
    local epmd user
    epmd=$(free_port)
    make_broker_users "$home"
    bus_addresses="$home/addresses"
    mkdir -p "$bus_addresses"
    for user in $(broker_users); do
        echo "amqp://$user:$(cat "$home/passwords/$user")@127.0.0.1:$port/%2F" >"$bus_addresses/$user"
    done
    # With definitions there is no guest.
    cat >"$home/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$port
load_definitions = $home/definitions.json
log.file.level = warning
disk_free_limit.absolute = 200MB
CONF
    : >"$home/enabled_plugins"
    # Settings that are not ours are taken, where somebody put them there.
    local settings=()
    [ ! -e "$home/advanced.config" ] || settings=(RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config")
    echo "Starting RabbitMQ on port $port …" >&2
    env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 \
        RABBITMQ_NODENAME="$name" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$port" \
        RABBITMQ_DIST_PORT="$(free_port)" RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" \
        RABBITMQ_PID_FILE="$home/broker.pid" RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" \
        RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" RABBITMQ_CONF_ENV_FILE=/dev/null "${settings[@]}" \
        ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}" \
        setsid bash -c '
            cd "$2" || exit 1
            /usr/lib/rabbitmq/bin/rabbitmq-server >"$2/output.log" 2>&1 </dev/null &
            server=$!
            trap "kill -TERM $server 2>/dev/null" TERM
            while kill -0 "$1" 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 0.5; done
            kill -TERM $server 2>/dev/null
            wait $server
            # The name server that came with it stays otherwise; it refuses while it still knows the broker.
            for try in 1 2 3 4 5 6 7 8 9 10; do epmd -port "$3" -kill >/dev/null 2>&1 && break; sleep 0.3; done
        ' broker $$ "$home" "$epmd" &
    broker_pid=$!
    echo "$broker_pid" >"$home/watcher.pid"
    local waited=0
    until grep -q 'completed with' "$home/output.log" 2>/dev/null; do
        if ! kill -0 "$broker_pid" 2>/dev/null || [ $waited -gt 300 ]; then
            echo "RabbitMQ did not start; see $home/output.log" >&2
            return 1
        fi
        sleep 0.2
        waited=$((waited + 1))
    done
    # Until there was a user a service, there was one for all.
    if [ -e "$home/password" ]; then
        env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 RABBITMQ_NODENAME="$name" RABBITMQ_CONF_ENV_FILE=/dev/null \
            ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd" \
            /usr/lib/rabbitmq/bin/rabbitmqctl --quiet delete_user purser >/dev/null && rm "$home/password"
    fi
    ln -sf "$home/broker.pid" "$PURSER_DATA/run/rabbitmq.pid"
}

# stop_broker: ends it, where it was started here.
stop_broker() {
    [ -n "$broker_pid" ] || return 0
    kill -TERM "$broker_pid" 2>/dev/null || true
    wait "$broker_pid" 2>/dev/null || true
}
