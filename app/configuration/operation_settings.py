"""Settings of what goes on by itself: deletion, mails, figures, logs, backups."""

from app.configuration.parsers import (
    parse_choice,
    parse_contact,
    parse_flag,
    parse_number,
    parse_optional_path,
    parse_secret,
    parse_sender,
)
from app.configuration.setting import Setting

OPERATION_SETTINGS = (
    Setting(
        "MORELLI_RETENTION_DAYS",
        "30",
        parse_number(0, 3650),
        "Days that photos are kept, and who asked. 0: no photo is kept at all; its "
        "answer is its visitor's for a day.",
    ),
    Setting(
        "MORELLI_BIN_DAYS",
        "0",
        parse_number(0, 3650),
        "Days after which withdrawn works are deleted for good. 0: only by hand.",
    ),
    Setting(
        "MORELLI_SMTP_HOST",
        "",
        str,
        "Mail server. Empty: mails are put into `mail/` in the instance folder.",
    ),
    Setting(
        "MORELLI_SMTP_PORT",
        "587",
        parse_number(1, 65535),
        "Port of the mail server.",
    ),
    Setting(
        "MORELLI_SMTP_ENCRYPTION",
        "starttls",
        parse_choice("starttls", "tls", "none"),
        "How the mail server is spoken to: `starttls`, `tls` or `none`.",
    ),
    Setting(
        "MORELLI_SMTP_USER",
        "",
        str,
        "Name to log in to the mail server with. Empty: without.",
    ),
    Setting(
        "MORELLI_SMTP_PASSWORD",
        "",
        str,
        "Password to log in to the mail server with.",
    ),
    Setting(
        "MORELLI_MAIL_FROM",
        "",
        parse_sender,
        "Sender of mails, such as `Museum <search@museum.org>`. Needed with SMTP.",
    ),
    Setting(
        "MORELLI_SECURITY_CONTACT",
        "",
        parse_contact,
        "Where faults of security are reported, a `mailto:` or `https:` address; named "
        "at `/.well-known/security.txt`. Empty: no such page.",
    ),
    Setting(
        "MORELLI_METRICS_TOKEN",
        "",
        parse_secret,
        "Whoever sends it gets figures for Prometheus at `/metrics`. Empty: nobody.",
    ),
    Setting(
        "MORELLI_LOG_FORMAT",
        "text",
        parse_choice("text", "json"),
        "How log lines are written: `text`, or `json` for machines.",
    ),
    Setting(
        "MORELLI_SECURITY_LOG_ADDRESSES",
        "no",
        parse_flag,
        "yes: lines of security events name the network address, for fail2ban.",
    ),
    Setting(
        "MORELLI_BACKUP_FOLDER",
        "",
        parse_optional_path,
        "Folder, best on another disk, that the worker makes a backup in every night. "
        "Empty: none is made by itself.",
    ),
    Setting(
        "MORELLI_BACKUP_HOUR",
        "2",
        parse_number(0, 23),
        "Hour of the day at which the backup is made, in the server's own time.",
    ),
    Setting(
        "MORELLI_BACKUP_KEEP",
        "7",
        parse_number(1, 1000),
        "Backups kept: the newest of each of so many days, and of as many weeks.",
    ),
    Setting(
        "MORELLI_BACKUP_PHOTOS",
        "no",
        parse_flag,
        "yes: visitors' photos are in the backup, too, and stay there longer than "
        "MORELLI_RETENTION_DAYS.",
    ),
)
