"""Previews of works for other sites: Open Graph, and schema.org's VisualArtwork."""

from typing import Any

from flask import Flask

from app.models import Artwork
from app.web.shell.addresses import public_url
from app.web.shell.content.wishes import public_fact
from app.web.shell.museum import museum


def register(app: Flask) -> None:
    """Give the templates these functions."""
    filters = (preview_picture, preview_words, visual_artwork)
    app.jinja_env.filters.update({one.__name__: one for one in filters})


def preview_picture(work: Artwork) -> str:
    """Return the absolute address of a work's first picture."""
    return public_url("media.work", name=work.images[0].media_name)


def preview_words(work: Artwork) -> str:
    """Return a line about a work: who made it, when, of what, where it hangs."""
    names = ("date", "technique", "location")
    facts = (work.artist, *(public_fact(work, name) for name in names))
    return " · ".join(one for one in facts if one)


def visual_artwork(work: Artwork) -> dict[str, Any]:
    """Describe a work as JSON-LD; what is not known is left out."""
    location = public_fact(work, "location")
    described = {
        "@context": "https://schema.org",
        "@type": "VisualArtwork",
        "@id": public_url("artworks.show", accession=work.accession),
        "url": public_url("artworks.show", accession=work.accession),
        "name": work.title,
        "identifier": public_fact(work, "accession"),
        "creator": {"@type": "Person", "name": work.artist} if work.artist else "",
        "dateCreated": public_fact(work, "date"),
        "artMedium": public_fact(work, "technique"),
        "artform": public_fact(work, "type"),
        "contentLocation": {"@type": "Place", "name": location} if location else "",
        "creditText": public_fact(work, "rights"),
        "image": [
            public_url("media.work", name=image.media_name) for image in work.images
        ],
        "provider": {"@type": "Museum", "name": museum().name},
    }
    return {name: one for name, one in described.items() if one}
