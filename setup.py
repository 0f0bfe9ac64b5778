"""What a wheel holds besides ``app/``: folders of the checkout, and requirements.

Everything else stands in pyproject.toml. Modules find the folders by
``app.retrieval.runtime.place``.
"""

import re
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
PACKED = {
    "gunicorn.conf.py": "*",
    "migrations": "**/*",
    "models/default": "*",
    "requirements/server.txt": "*",
    "static": "**/*",
    "templates": "**/*",
    "translations": "**/*.po",
    "wsgi.py": "*",
}
"""What is packed into ``app/packed``: files, and of folders what matches a pattern."""
EXTRAS = {
    "train": "worker.in",
    "labels": "labels.in",
    "cluster": "cluster.in",
    "shards": "shards.in",
}
"""Sources of requirements by the extras that bring them."""


def named_by(source: str) -> list[str]:
    """Return the packages that a source names, with those of what it stands on."""
    names = []
    for line in (ROOT / "requirements" / source).read_text("utf-8").splitlines():
        if other := re.match(r"-r (\S+)", line):
            names += named_by(other[1])
        elif named := line.partition("#")[0].strip():
            names.append(named)
    return names


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
    install_requires=named_by("server.in"),
    extras_require={
        name: [one for one in named_by(source) if one not in named_by("server.in")]
        for name, source in EXTRAS.items()
    },
)
