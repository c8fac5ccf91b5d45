# The broker's users: one a service, each with a password of its own. Sourced from the repository's root by compose/up and
# compose/rabbitmq/prepare.

# broker_users: their names, as compose/rabbitmq/definitions.json has them.
broker_users() {
    sed -n 's/^ *{"name": "\([a-z-]*\)", "password_hash".*/\1/p' compose/rabbitmq/definitions.json
}

# make_broker_users FOLDER: makes FOLDER/passwords/<user> where there is none, and FOLDER/definitions.json with their hashes.
make_broker_users() {
    local folder=$1 user file script=""
    mkdir -p "$folder/passwords"
    for user in $(broker_users); do
        file="$folder/passwords/$user"
        [ -s "$file" ] || head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$file"
        script+="s|\"name\": \"$user\", \"password_hash\": \"\"|\"name\": \"$user\", \"password_hash\": \"$(password_hash "$file")\"|;"
    done
    sed "$script" compose/rabbitmq/definitions.json >"$folder/definitions.json"
}

# password_hash FILE: the hash of the password in the file as RabbitMQ keeps it, base64(salt + SHA-256(salt + password)).
# See https://www.rabbitmq.com/passwords.html, "Computing password hash".
password_hash() {
    local salt digest
    salt=$(head -c 4 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
    digest=$({ unhex "$salt"; tr -d '\n' <"$1"; } | sha256sum | cut -c 1-64)
    unhex "$salt$digest" | base64 -w0
}

# unhex DIGITS: the bytes.
unhex() {
    printf "$(sed 's/../\\x&/g' <<<"$1")"
}
