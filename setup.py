"""What a wheel holds besides ``app/``: folders of the checkout, and requirements.

Everything else stands in pyproject.toml. Modules find the folders by
``app.retrieval.runtime.place``.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
PACKED = {
    "gunicorn.conf.py": "*",
    "migrations": "**/*",
    "models/default": "*",
    "requirements/base.txt": "*",
    "requirements/server.txt": "*",
    "static": "**/*",
    "templates": "**/*",
    "translations": "**/*.po",
    "wsgi.py": "*",
}
"""What is packed into ``app/packed``: files, and of folders what matches a pattern."""
BASE = "base.in"
EXTRAS = {
    "formats": ("formats.in",),
    "video": ("video.in",),
    "openvino": ("openvino.in",),
    "labels": ("labels.in", "openvino.in"),
    "maps": ("maps.in",),
    "train": ("worker.in", "maps.in", "openvino.in"),
    "cluster": ("cluster.in",),
    "shards": ("shards.in", "cluster.in"),
}
"""Sources of requirements by the extras that bring them, on top of what ``BASE`` names;
what each is for says ``app.retrieval.runtime.extras``."""


def named_by(*sources: str) -> list[str]:
    """Return the packages that sources name themselves, without what they stand on."""
    lines = [
        line
        for source in sources
        for line in (ROOT / "requirements" / source).read_text("utf-8").splitlines()
    ]
    words = (line.partition("#")[0].strip() for line in lines)
    return [one for one in words if one and not one.startswith("-r ")]


class BuildWithFolders(build_py):
    """Build of the modules, and of what lies beside them in a checkout."""

    def run(self) -> None:
        """Copy the modules, then the folders, each with the usual rights."""
        super().run()
        packed = Path(self.build_lib) / "app" / "packed"
        for name, pattern in PACKED.items():
            source = ROOT / name
            files = source.glob(pattern) if source.is_dir() else [source]
            for file in sorted(files):
                if file.is_file() and "__pycache__" not in file.parts:
                    target = packed / file.relative_to(ROOT)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
        for path in Path(self.build_lib).rglob("*"):
            # Whatever the rights in the checkout are: the same wheel everywhere.
            path.chmod(0o755 if path.is_dir() else 0o644)


setup(
    cmdclass={"build_py": BuildWithFolders},
    install_requires=named_by(BASE),
    extras_require={
        **{name: named_by(*sources) for name, sources in EXTRAS.items()},
        "all": sorted({one for own in EXTRAS.values() for one in named_by(*own)}),
    },
)
