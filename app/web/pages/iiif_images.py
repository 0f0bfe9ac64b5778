"""IIIF Image API 3.0: works' pictures in any region and size, for viewers that zoom.

https://iiif.io/api/image/3.0/. Public and readable from other sites.
"""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.models import ReferenceImage
from app.services.collection.image_requests import (
    FORMATS,
    UnclearImageError,
    UnsupportedImageError,
    read_request,
)
from app.services.collection.tiles import describe_image, published_picture
from app.web.callers.throttling import limiter
from app.web.shell.addresses import public_url
from app.web.shell.current import image_settings, media, tile_cache
from app.web.shell.stored import send_stored

bp = Blueprint("iiif_images", __name__, url_prefix="/iiif/images")

IMAGE_RATE = "3000 per minute"
"""Derivatives for one network: a hundred visitors who zoom at once."""
KEPT_SECONDS = 86_400
"""How long browsers and viewers may keep one: a work may be withdrawn."""
PROFILE = "http://iiif.io/api/image/3/level2.json"
INFORMATION = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"'


@bp.get("/<sha256>")
def service(sha256: str) -> ResponseReturnValue:
    """Lead from the service's address to what it says of itself."""
    found_picture(sha256)
    address = public_url("iiif_images.information", sha256=sha256)
    return "", 303, {"Location": address}


@bp.get("/<sha256>/info.json")
def information(sha256: str) -> ResponseReturnValue:
    """Describe a picture, its sizes and tiles."""
    image = found_picture(sha256)
    described = describe_image(public_url("iiif_images.service", sha256=sha256), image)
    best = request.accept_mimetypes.best_match(
        ["application/ld+json", "application/json"], "application/ld+json"
    )
    content_type = INFORMATION if best == "application/ld+json" else best
    return described, {"Content-Type": content_type, "Vary": "Accept"}


@bp.get("/<sha256>/<region>/<size>/<rotation>/<quality>.<kind>")
@limiter.limit(IMAGE_RATE)
def picture(
    sha256: str, region: str, size: str, rotation: str, quality: str, kind: str
) -> ResponseReturnValue:
    """Serve a derivative of a work's picture."""
    image = found_picture(sha256)
    full = image.width, image.height
    try:
        asked = read_request(full, region, size, rotation, quality, kind)
    except UnclearImageError as error:
        return refuse(error, 400)
    except UnsupportedImageError as error:
        return refuse(error, 501)
    works = media().works
    if asked.is_whole:
        response = send_stored(works, image.media_name, FORMATS["jpg"])
    else:
        try:
            made = tile_cache().obtain(image, asked, works, image_settings())
        except FileNotFoundError:
            abort(404)
        response = Response(made, mimetype=FORMATS[kind])
        response.add_etag()
        response.make_conditional(request)
    address = public_url("iiif_images.service", sha256=sha256)
    canonical = f'<{address}/{asked.canonical}>;rel="canonical"'
    response.headers["Link"] = f'{canonical},<{PROFILE}>;rel="profile"'
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_SECONDS
    return response


def found_picture(sha256: str) -> ReferenceImage:
    """Return the picture of a work on show, or abort with 404."""
    image = published_picture(db.session(), sha256)
    if image is None:
        abort(404)
    return image


def refuse(error: ValueError, status: int) -> ResponseReturnValue:
    """Say what is wrong with a request, in a line for whoever writes viewers."""
    return f"{error}\n", status, {"Content-Type": "text/plain; charset=utf-8"}
