"""Makes the virtual environment of this checkout: hash-pinned packages, own packages, front-end assets.

Called by `make setup`; runs on the machine's Python before anything is installed, so only the standard library here,
and syntax that an old Python can still parse in order to tell that it is too old. Each step is skipped when its inputs
are unchanged since it last succeeded.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "marktplatz-setup.json")
HERE = "deploy/local"
PACKAGES = ["libs/contracts", "libs/servicekit"]
PACKAGES += ["services/" + name for name in ("catalog", "review", "checkup", "search", "notify")]
PACKAGES += ["web", "deploy/local"]


def suitable_python():
    """The Python to build with: this one, or a newer one of the machine; ends with a message when there is none."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        path = shutil.which(name)
        probe = f"import sys, venv; sys.exit(sys.version_info < {OLDEST})"
        if path and subprocess.call([path, "-c", probe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return path
    sys.exit(
        f"Python 3.11 or newer is needed, but {sys.executable} is {sys.version.split()[0]}; found no newer one.\n"
        "Install one (Debian: apt install python3 python3-venv), or name one: make setup PYTHON=/path/to/python3.12"
    )


def digest(*paths):
    """One hash over the contents of files of the checkout; a missing one is left to the step that needs it."""
    total = hashlib.sha256(ROOT.encode())
    for path in paths:
        if os.path.exists(os.path.join(ROOT, path)):
            with open(os.path.join(ROOT, path), "rb") as file:
                total.update(file.read())
    return total.hexdigest()


def done_before():
    """What succeeded earlier, by step; nothing when the environment does not run (moved, or its Python is gone)."""
    try:
        with open(STAMP) as file:
            done = json.load(file)
        subprocess.check_call([PYTHON, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return done
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}


def remember(done):
    with open(STAMP + ".new", "w") as file:
        json.dump(done, file)
    os.replace(STAMP + ".new", STAMP)


def run(*command):
    """Run a command in the checkout; ends with its name when it fails."""
    code = subprocess.call(command, cwd=ROOT)
    if code:
        sys.exit(f"setup: `{' '.join(command)[:200]}` failed with exit code {code}")


def uv(*arguments):
    run(PYTHON, "-m", "uv", "pip", *arguments)


def make_venv():
    python = suitable_python()
    print(f"setup: making .venv with {python}", flush=True)
    if subprocess.call([python, "-m", "venv", "--clear", VENV]) != 0:
        sys.exit(f"setup: {python} cannot make a virtual environment (Debian: apt install python3-venv)")


def install_uv():
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    run(PYTHON, "-m", "pip", "install", *quiet, "-r", HERE + "/bootstrap.lock")


def install_locked():
    uv("install", "--python", PYTHON, "--require-hashes", "-r", "requirements.lock")


def install_own():
    editable = [part for package in PACKAGES for part in ("--editable", package)]
    uv("install", "--python", PYTHON, "--quiet", "--no-deps", "--no-build-isolation", *editable)


def install_assets():
    if shutil.which("npm") is None:
        uv("install", "--python", PYTHON, "--quiet", "--require-hashes", "-r", HERE + "/node.lock")
    run(PYTHON, "-m", "web.assets", "--install")


def install_axe():
    run(PYTHON, "-c", "from pathlib import Path; from web.assets import install; install(Path('services/checkup'))")


def main():
    done = done_before()
    own = [os.path.join(package, "pyproject.toml") for package in PACKAGES]
    steps = [
        ("venv", make_venv, ""),
        ("uv", install_uv, digest(HERE + "/bootstrap.lock")),
        ("locked", install_locked, digest("requirements.lock")),
        ("own", install_own, digest(*own)),
        ("assets", install_assets, digest("web/package-lock.json", "web/web/assets.py")),
        ("axe", install_axe, digest("services/checkup/package-lock.json")),
    ]
    vendor = os.path.join(ROOT, "web", "web", "static", "vendor")
    if not os.path.isdir(vendor):
        done.pop("assets", None)
    if not os.path.isdir(os.path.join(ROOT, "services", "checkup", "node_modules")):
        done.pop("axe", None)
    for name, step, inputs in steps:
        if done.get(name) == inputs:
            continue
        step()
        done[name] = inputs
        remember(done)


if __name__ == "__main__":
    main()
