from importlib.metadata import PackageNotFoundError, distribution

import pytest

from app.retrieval.training.components.notice import (
    WEIGHTS,
    licence_of,
    semantic_notice,
)


def test_the_notice_names_owners_changes_and_licences():
    notice = semantic_notice()
    assert f"{WEIGHTS} {distribution(WEIGHTS).version}" in notice
    for text in (
        "Copyright (c) 2020, ML Illustrated",
        "Illia Volkov",
        "converted to OpenVINO and ONNX",
        "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
    ):
        assert text in notice


def test_a_package_without_a_licence_is_an_error():
    with pytest.raises(PackageNotFoundError):
        licence_of("no-such-package")
