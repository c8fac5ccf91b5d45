# Keeps processes running. Sourced by compose/up, which sets bin and children.

# How large a service's output file may be when the service starts, before it begins anew: 16 MiB.
output_limit=16777216

# supervise NAME [VARIABLE=value…]: runs $bin/NAME with this environment, and again whenever it ends, until this shell is
# told to stop. Waits 0.2 s before the second start, and twice as long each time up to 5 s while it does not last 10 s.
supervise() {
    local name=$1
    shift
    (
        trap - EXIT
        child=""
        stopping=""
        trap 'stopping=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
        trap '' INT
        pause=0.2
        while [ -z "$stopping" ]; do
            output="$PURSER_DATA/run/$name.log"
            if [ -e "$output" ] && [ "$(stat -c %s "$output")" -gt $output_limit ]; then mv "$output" "$output.1"; fi
            begun=$SECONDS
            # Not through `env`, whose arguments everyone could read.
            # Under the same name as before: so the one that comes may go on with what this one began.
            (export PURSER_INSTANCE="$name" "$@"; exec "$bin/$name") </dev/null >>"$output" 2>&1 &
            child=$!
            echo "$child" >"$PURSER_DATA/run/$name.pid"
            # Told to stop just before the child was known.
            [ -z "$stopping" ] || kill -TERM "$child" 2>/dev/null || true
            # A trapped signal interrupts `wait`; the process is then still to be waited for.
            status=0
            wait "$child" || status=$?
            while kill -0 "$child" 2>/dev/null; do wait "$child" || status=$?; done
            [ -z "$stopping" ] || break
            if [ $status = 78 ]; then
                echo "$name cannot start; see $output" >&2
                break
            fi
            echo "$name ended with status $status; starting it again" >&2
            [ $((SECONDS - begun)) -lt 10 ] || pause=0.2
            sleep "$pause"
            pause=$(awk -v p="$pause" 'BEGIN { p *= 2; print (p > 5 ? 5 : p) }')
        done
        rm -f "$PURSER_DATA/run/$name.pid"
    ) &
    children+=($!)
}

# stop_children: tells all of them to stop, and waits until they have.
stop_children() {
    local child
    for child in "${children[@]}"; do kill -TERM "$child" 2>/dev/null || true; done
    for child in "${children[@]}"; do
        while kill -0 "$child" 2>/dev/null; do wait "$child" 2>/dev/null || true; done
    done
}
