"""`python -m servicekit.testing.oidc_provider`: OpenID Connect for development, with a signing key that stays."""

import argparse
import json
import logging
import os
import sys
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--users", type=Path, help="JSON list of claim sets, each with `sub`")
    parser.add_argument("--key", type=Path, help="where the signing key is kept between starts")
    parser.add_argument("--token-seconds", type=int, default=3600, help="age at which access and ID tokens expire")
    return parser.parse_args()


def _signing_key(file: Path | None) -> Any:
    from authlib import jose  # noqa: PLC0415 -- warnings have to be silenced before

    keys: Any = jose.RSAKey

    if file is not None and file.exists():
        return keys.import_key(json.loads(file.read_text()))
    key = keys.generate_key(is_private=True)
    if file is not None:
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(key.as_dict(is_private=True)))
        fresh.rename(file)
    return key


def main() -> None:
    """Serve until told to stop. Anyone may log in as anyone, hence it refuses to run in production."""
    if os.environ.get("ENV") == "production":
        sys.exit("this OpenID Connect provider lets anyone in as anyone: it is for development, and ENV is production")
    arguments = _arguments()
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    # authlib puts its own "always" filter in front, so its deprecation notes (not ours to mend) need a deaf ear
    warnings.showwarning = lambda *_args, **_kwargs: None

    import uvicorn  # noqa: PLC0415
    from oidc_provider_mock import User, app  # noqa: PLC0415
    from oidc_provider_mock._storage import Storage  # noqa: PLC0415

    key, create = _signing_key(arguments.key), Storage.__init__

    def with_kept_key(self: Any) -> None:
        create(self)
        self.jwk = key

    setattr(Storage, "__init__", with_kept_key)  # noqa: B010 -- the package makes a new key at every start
    claims = json.loads(arguments.users.read_text()) if arguments.users else []
    users = [User(sub=each["sub"], claims={k: v for k, v in each.items() if k != "sub"}) for each in claims]
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    provider = app(user_claims=users, access_token_max_age=timedelta(seconds=arguments.token_seconds))
    uvicorn.run(provider, interface="wsgi", host=arguments.host, port=arguments.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
