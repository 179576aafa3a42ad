"""The development log-in with the demo users, for containers: `python -m local_stack.demo.login_provider --port 9400`.

Anybody may log in as anybody, so it refuses to start with ENV=production.
"""

import json
import sys
import tempfile
from pathlib import Path

from servicekit.testing import oidc_provider

from local_stack.users import claims


def main() -> None:
    """Serve with the arguments of the command line and the demo users; the signing key lives as long as the process."""
    with tempfile.TemporaryDirectory(prefix="login-") as folder:
        users = Path(folder) / "users.json"
        users.write_text(json.dumps(claims()), encoding="utf-8")
        sys.argv += ["--users", str(users)]
        oidc_provider.main()


if __name__ == "__main__":
    main()
