"""Prints the manifests of an overlay (`python deploy/k8s/render.py dev`) with kubectl or kustomize."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def renderer() -> list[str] | None:
    """The command that renders a kustomization on this machine, None when there is no such tool."""
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize"]
    return ["kustomize", "build"] if shutil.which("kustomize") else None


def main() -> int:
    overlays = sorted(path.name for path in (HERE / "overlays").iterdir())
    wanted = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if wanted not in overlays:
        print(f"there is no overlay {wanted!r}, only: {', '.join(overlays)}", file=sys.stderr)
        return 2
    command = renderer()
    if command is None:
        print("rendering needs kubectl or kustomize: neither is on this machine", file=sys.stderr)
        return 3
    return subprocess.run([*command, str(HERE / "overlays" / wanted)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
