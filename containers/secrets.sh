#!/usr/bin/env bash
# Makes what docker-compose.yml needs to know and nobody else: random passwords, each in a file of its own.
# usage: containers/secrets.sh [FOLDER]      What is there already is left alone; an empty provider key means: none.
set -euo pipefail

FOLDER="${1:-secrets}"
umask 077
mkdir -p "$FOLDER" # only its owner comes in; the files inside are read by the containers' own users

# keep NAME VALUE: written once
keep() {
  [ -e "$FOLDER/$1" ] || printf '%s' "$2" >"$FOLDER/$1"
  chmod 644 "$FOLDER/$1"
}

random() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

keep postgres_password "$(random)"
keep database_url "postgresql+asyncpg://scenebeat:$(cat "$FOLDER/postgres_password")@postgres:5432/scenebeat"
keep s3_access_key "scenebeat"
keep s3_secret_key "$(random)"
keep s3_identities "{\"identities\": [{\"name\": \"scenebeat\", \"credentials\": [{\"accessKey\": \"$(cat "$FOLDER/s3_access_key")\", \
\"secretKey\": \"$(cat "$FOLDER/s3_secret_key")\"}], \"actions\": [\"Admin\", \"Read\", \"Write\", \"List\"]}]}"
keep first_api_key "sb_first_$(random)"
keep gemini_api_key ""
keep replicate_api_token ""
echo "$FOLDER: $(ls "$FOLDER" | tr '\n' ' ')"
