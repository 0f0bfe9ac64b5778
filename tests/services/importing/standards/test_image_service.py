import numpy as np
import pytest

from app.retrieval.errors import ImageTooLargeError
from app.retrieval.images.codec import decode
from app.retrieval.settings import ImageSettings
from app.services.importing.standards.image_service import (
    picture_address,
    read_picture,
    service_of,
)
from app.services.system.links.connections import LinkError
from tests.services.importing.standards.web import PLACE, FakeWeb
from tests.support.fakes import draw_picture
from tests.support.museum import encoded

SERVICE = f"{PLACE}big"
LIMITS = ImageSettings()


def info(version=3, level=1, width=10_000, height=8_000, **facts):
    name = "id" if version == 3 else "@id"
    by_address = [f"http://iiif.io/api/image/2/level{level}.json"]
    return {
        "@context": f"http://iiif.io/api/image/{version}/context.json",
        name: SERVICE,
        "width": width,
        "height": height,
        "profile": by_address if version == 2 else f"level{level}",
        **facts,
    }


def served(document, **pictures):
    return FakeWeb({f"{SERVICE}/info.json": document, **pictures})


def picture(web, **known):
    name = picture_address(SERVICE, **known)
    return read_picture(name, web.read, web.read, LIMITS).data


@pytest.mark.parametrize(
    ("document", "request_"),
    [
        (info(3), "full/max/0/default.jpg"),
        (info(2), "full/full/0/default.jpg"),
        (info(3, maxWidth=1000), "full/max/0/default.jpg"),
        (
            info(2, profile=["…/level2.json", {"maxArea": 10**6}]),
            "full/max/0/default.jpg",
        ),
        (
            info(1, **{"@context": "http://library.stanford.edu/iiif/image-api/1.1/c"}),
            "full/full/0/native.jpg",
        ),
        (
            info(
                3, 0, sizes=[{"width": 2000, "height": 1600}, {"width": 5, "height": 4}]
            ),
            "full/2000,1600/0/default.jpg",
        ),
        (
            info(2, 0, sizes=[{"width": 2000, "height": 1600}]),
            "full/2000,/0/default.jpg",
        ),
        (info(2, 0), "full/full/0/default.jpg"),
        # No size is large enough, and the whole is there all the same.
        (info(3, 0, sizes=[{"width": 50, "height": 40}]), "full/max/0/default.jpg"),
    ],
)
def test_the_largest_picture_is_asked_for(document, request_):
    web = served(document)
    web.files[f"{SERVICE}/{request_}"] = b"picture"
    assert picture(web) == b"picture"
    assert web.asked == [f"{SERVICE}/info.json", f"{SERVICE}/{request_}"]


def test_a_region_is_asked_for_where_one_is_meant():
    web = served(info(3))
    web.files[f"{SERVICE}/0,0,500,400/max/0/default.jpg"] = b"part"
    assert picture(web, region="0,0,500,400") == b"part"


def test_where_the_service_does_not_answer_the_picture_itself_is_asked_for():
    web = FakeWeb({f"{PLACE}a.jpg": b"picture"})
    assert picture(web, instead=f"{PLACE}a.jpg") == b"picture"
    with pytest.raises(LinkError):
        picture(FakeWeb({}))


def test_what_is_too_large_for_us_is_asked_for_in_a_smaller_size():
    web = served(info(3))

    def read(address):
        if address.endswith("/full/max/0/default.jpg"):
            raise ImageTooLargeError(2, 1, "bytes")
        return web.read(address)

    web.files[f"{SERVICE}/full/4000,/0/default.jpg"] = b"smaller"
    found = read_picture(picture_address(SERVICE), web.read, read, LIMITS)
    assert found == (b"smaller", False)


def service(**facts):
    found = service_of(info(**facts))
    assert found is not None
    return found


def test_limits_of_a_service_bound_what_it_gives():
    assert service(maxWidth=1000).most == (1000, 800)
    assert service(maxHeight=400, maxWidth=9000).most == (500, 400)
    assert service(maxArea=800_000).most == (1000, 800)
    assert service(maxWidth=20_000).most is None


@pytest.mark.parametrize(
    "wrong", [{}, {"width": "9"}, info(width=0), info(height=True)]
)
def test_what_says_no_size_is_no_service(wrong):
    assert service_of(wrong) is None


def test_tiles_are_put_together_where_no_whole_is_there():
    whole = np.ascontiguousarray(draw_picture(60)[:101, :150])
    height, width = whole.shape[:2]
    tiles = [{"width": 64, "scaleFactors": [1, 2, 4]}]
    web = served(info(3, 0, width, height, tiles=tiles))
    for top in range(0, height, 64):
        for left in range(0, width, 64):
            part = whole[top : top + 64, left : left + 64]
            h, w = part.shape[:2]
            address = f"{SERVICE}/{left},{top},{w},{h}/{w},{h}/0/default.jpg"
            web.files[address] = encoded(part, "PNG")
    found = decode(picture(web))
    assert found.shape == whole.shape
    assert np.abs(found.astype(int) - whole).mean() < 3
    assert picture(web) == picture(web)


def test_a_missing_tile_leaves_the_largest_whole_there_is():
    document = info(
        3,
        0,
        tiles=[{"width": 512, "scaleFactors": [1, 4]}],
        sizes=[{"width": 500, "height": 400}],
    )
    web = served(document)
    web.files[f"{SERVICE}/full/500,400/0/default.jpg"] = b"small"
    name = picture_address(SERVICE)
    assert read_picture(name, web.read, web.read, LIMITS) == (b"small", True)


def test_tiles_are_few():
    plan = service(tiles=[{"width": 256, "scaleFactors": [1, 2, 4, 8]}]).tiles
    assert plan is not None
    assert (plan.scale, plan.size) == (4, (2500, 2000))
    assert plan.count == len(list(plan.parts())) == 80
    assert service(tiles=[{"width": 1, "scaleFactors": [1]}]).tiles is None
