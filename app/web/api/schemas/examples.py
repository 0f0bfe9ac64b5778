"""Examples that the document shows of values."""

QUERY_ID = "3f1c0c9e-6d0b-4c0a-9a51-8f5f0a1c2b3d"
ACCESSION = "IM-0024"
SHA256 = "ab" * 32
MOMENT = "2026-05-14T09:30:00Z"
PICTURE = "/media/works/ab/ab…"
