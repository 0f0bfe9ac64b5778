"""List of all settings, with the help texts that docs/settings.md repeats.

A test compares the two. ``app.configuration.load`` reads them.
"""

from app.configuration.account_settings import ACCOUNT_SETTINGS
from app.configuration.databases import (
    parse_database_url,
    parse_limits_url,
    parse_shards_url,
    parse_vectors_url,
)
from app.configuration.operation_settings import OPERATION_SETTINGS
from app.configuration.parsers import (
    parse_choice,
    parse_flag,
    parse_hosts,
    parse_media_url,
    parse_number,
    parse_optional_path,
    parse_path,
    parse_public_url,
    parse_rate,
    parse_secret,
    parse_time_zone,
)
from app.configuration.setting import Setting
from app.retrieval.runtime.place import IS_INSTALLED, MODEL, data_folder
from app.retrieval.settings import ImageSettings

SETTINGS = (
    Setting(
        "MORELLI_INSTANCE",
        data_folder(),
        parse_path,
        "Folder of the database, the pictures, the indexes and the secret key.",
    ),
    Setting(
        "MORELLI_DATABASE_URL",
        "",
        parse_database_url,
        "Address of the database, such as `postgresql+psycopg://user:password@host/name`"
        ". Empty: SQLite in the instance folder.",
    ),
    Setting(
        "MORELLI_DATABASE_POOL",
        "10",
        parse_number(1, 1000),
        "Connections to PostgreSQL that each process may have open at a time.",
    ),
    Setting(
        "MORELLI_MEDIA_URL",
        "",
        parse_media_url,
        "Bucket of pictures, photos and what else several servers share, such as "
        "`s3://bucket/prefix?endpoint=https://…&region=…`; its keys are in "
        "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Empty: the instance folder.",
    ),
    Setting(
        "MORELLI_VECTORS_URL",
        "",
        parse_vectors_url,
        "Engine that finds the nearest descriptors for all servers, of a million works "
        "and more: PostgreSQL with pgvector, `postgresql+psycopg://user:password@host/"
        "name`, or Milvus, `milvus://user:password@host:19530`. Empty: the index finds "
        "them by itself.",
    ),
    Setting(
        "MORELLI_SHARDS",
        "0",
        parse_number(0, 1000),
        "Shards that the index is cut into when it is built, for tens of millions of "
        "works: workers of several machines hold two copies of each. 0: it is not cut.",
    ),
    Setting(
        "MORELLI_SHARDS_URL",
        "",
        parse_shards_url,
        "Address of the Dask scheduler whose workers hold the shards, such as "
        "`tcp://host:8786`, or `tls://host:8786`. Empty: there is none.",
    ),
    Setting(
        "MORELLI_SHARDS_DEADLINE_MS",
        "2000",
        parse_number(50, 60_000),
        "Milliseconds within which one copy of a shard must have answered a question; "
        "after that a photo is answered without it, and the answer says so.",
    ),
    Setting(
        "MORELLI_MODEL",
        str(MODEL) if IS_INSTALLED else "models/default",
        parse_path,
        "Folder of the model that describes pictures.",
    ),
    Setting(
        "MORELLI_HOST",
        "127.0.0.1",
        str,
        "Address the server listens on. 0.0.0.0: all of the machine's.",
    ),
    Setting(
        "MORELLI_PORT",
        "8000",
        parse_number(1, 65535),
        "Port the server listens on.",
    ),
    Setting(
        "MORELLI_WORKERS",
        "2",
        parse_number(1, 64),
        "Server processes, and photos searched at a time. Best: one per CPU core.",
    ),
    Setting(
        "MORELLI_SECRET_KEY",
        "",
        parse_secret,
        "Signs cookies. Empty: made at first start and kept in the instance folder. "
        "Needed with PostgreSQL: all servers must have the same.",
    ),
    Setting(
        "MORELLI_MAX_UPLOAD_MB",
        "40",
        parse_number(1, ImageSettings().max_bytes // 1_000_000),
        "Largest photo that is accepted, in megabytes.",
    ),
    Setting(
        "MORELLI_MAX_MEGAPIXELS",
        str(ImageSettings().max_pixels // 1_000_000),
        parse_number(1, 10_000),
        "Largest photo that is accepted, in millions of pixels.",
    ),
    Setting(
        "MORELLI_MAX_DECODED_MB",
        str(ImageSettings().max_decoded_bytes // 1_000_000),
        parse_number(50, 100_000),
        "Memory that decoding one photo may take, in megabytes. Large ones are decoded "
        "one after another; most JPEGs take little, being decoded at reduced size.",
    ),
    Setting(
        "MORELLI_QUEUE",
        "40",
        parse_number(0, 10_000),
        "Photos that may wait to be searched, over all server processes, half of them "
        "from one network; beyond that visitors are asked to come back in a moment.",
    ),
    Setting(
        "MORELLI_SEARCH_RATE",
        "300 per minute",
        parse_rate,
        "Searches allowed from one network: an IPv4 address, or an IPv6 /64. "
        "Generous, because the visitors in a gallery often share one address.",
    ),
    Setting(
        "MORELLI_VIEWFINDER_RATE",
        "1200 per minute",
        parse_rate,
        "Frames of viewfinders answered for one network, beside its searches; one "
        "visitor's ask twice a second at most. What is over that, or would have to "
        "wait for another photo, is asked again later.",
    ),
    Setting(
        "MORELLI_LIMITS_URL",
        "",
        parse_limits_url,
        "Address of a Redis or Valkey that all servers count searches and wrong "
        "passwords in, such as `redis://host:6379/0`. Empty: each machine counts its "
        "own, in the instance folder.",
    ),
    Setting(
        "MORELLI_LINKS",
        "yes",
        parse_flag,
        "no: visitors send photos only; the server fetches none by its address.",
    ),
    Setting(
        "MORELLI_WEBHOOK_HOSTS",
        "",
        parse_hosts,
        "Hosts of the museum's own network that webhooks may go to, such as "
        "`cms.museum.local, 127.0.0.1`: at private addresses, any port, by http too. "
        "Empty: public addresses by https only.",
    ),
    Setting(
        "MORELLI_IMPORT_FOLDER",
        "",
        parse_optional_path,
        "Folder on the server that curators may import catalogues and pictures from. "
        "Empty: none.",
    ),
    Setting(
        "MORELLI_LANGUAGE",
        "en",
        parse_choice("en", "de", "fr", "es", "it", "nl"),
        "Language in which texts are taken from catalogues that have them in several: "
        "`en`, `de`, `fr`, `es`, `it` or `nl`.",
    ),
    Setting(
        "MORELLI_TIME_ZONE",
        "UTC",
        parse_time_zone,
        "Time zone of the museum, such as `Europe/Rome`: a visit is what was found on "
        "one of its days.",
    ),
    Setting(
        "MORELLI_MAX_IMPORT_MB",
        "4000",
        parse_number(1, 100_000),
        "Largest catalogue with pictures that curators may send, in megabytes.",
    ),
    Setting(
        "MORELLI_MAX_RECORDING_MB",
        "300",
        parse_number(1, 2_000),
        "Largest audio or video of a work that is sent or fetched, in megabytes.",
    ),
    Setting(
        "MORELLI_HTTPS",
        "no",
        parse_flag,
        "yes: visitors reach the site by https, so cookies are sent on no other way.",
    ),
    Setting(
        "MORELLI_PROXIES",
        "0",
        parse_number(0, 8),
        "Reverse proxies in front of the server, whose X-Forwarded-For is believed.",
    ),
    Setting(
        "MORELLI_LABELS",
        "yes",
        parse_flag,
        "no: labels and codes in photos are not read, which saves the server some "
        "250 MB. They are only where requirements/labels.in is installed.",
    ),
    Setting(
        "MORELLI_PUBLIC_URL",
        "",
        parse_public_url,
        "The site's address as visitors know it, for links in mails; with a path, such "
        "as `https://museum.org/search`, the site is below it. Needed with SMTP.",
    ),
    *ACCOUNT_SETTINGS,
    *OPERATION_SETTINGS,
)
