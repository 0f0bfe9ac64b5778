"""An OAI-PMH repository that keeps to the protocol, as a web of answers."""

from urllib.parse import parse_qs, urlsplit

from app.services.system.links.connections import LinkError, Refusal

BASE = "https://museum.org/oai"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>{moment}</responseDate>"
    '<request verb="ListRecords">https://museum.org/oai</request>'
)


def header(number, moment, *, deleted=False):
    status = ' status="deleted"' if deleted else ""
    return (
        f"<header{status}><identifier>oai:museum.org:{number}</identifier>"
        f"<datestamp>{moment}</datestamp></header>"
    )


class Repository:
    """Answers requests from a list of records, a few on each page.

    Each record is (number, moment, metadata); metadata None: it was deleted.
    """

    def __init__(self, records, *, page=2, deletions="persistent", formats=("lido",)):
        self.records = records
        self.page = page
        self.deletions = deletions
        self.formats = formats
        self.moment = "2026-11-28T12:00:00Z"
        self.asked = []
        self.breaks_at = None
        """Number of the page at which the repository goes silent."""

    def read(self, address):
        parts = urlsplit(address)
        asked = {name: one for name, [one] in parse_qs(parts.query).items()}
        self.asked.append(asked)
        if parts._replace(query="").geturl() != BASE:
            raise LinkError(Refusal.STATUS)
        answer = getattr(self, asked.pop("verb", "bad"), self.bad)(**asked)
        return f"{HEAD.format(moment=self.moment)}{answer}</OAI-PMH>".encode()

    def bad(self, **_):
        return self.error("badVerb", "Illegal OAI verb")

    def error(self, code, said=""):
        return f'<error code="{code}">{said}</error>'

    def Identify(self):  # noqa: N802 - the protocol's name
        return (
            "<Identify><repositoryName>Museum</repositoryName>"
            f"<deletedRecord>{self.deletions}</deletedRecord>"
            "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
        )

    def ListMetadataFormats(self):  # noqa: N802
        inner = "".join(
            f"<metadataFormat><metadataPrefix>{name}</metadataPrefix></metadataFormat>"
            for name in self.formats
        )
        return f"<ListMetadataFormats>{inner}</ListMetadataFormats>"

    def ListRecords(self, resumptionToken="", **asked):  # noqa: N802, N803
        since, start = asked.get("from", ""), 0
        if resumptionToken:
            since, _, at = resumptionToken.partition("|")
            start = int(at)
        elif asked.get("metadataPrefix") not in self.formats:
            return self.error("cannotDisseminateFormat")
        if self.breaks_at is not None and start >= self.breaks_at:
            raise LinkError(Refusal.TOO_SLOW)
        listed = [one for one in self.records if one[1] >= since]
        if not listed:
            return self.error("noRecordsMatch")
        inner = "".join(
            f"<record>{header(number, moment, deleted=metadata is None)}"
            + (f"<metadata>{metadata}</metadata>" if metadata else "")
            + "</record>"
            for number, moment, metadata in listed[start : start + self.page]
        )
        more = start + self.page < len(listed)
        token = f"{since}|{start + self.page}" if more else ""
        tag = f"<resumptionToken>{token}</resumptionToken>"
        return f"<ListRecords>{inner}{tag}</ListRecords>"
