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


def _with_private_part(key: Any) -> dict[str, Any]:
    """The key as JSON; the provider's versions (for Python 3.11 and later ones) use two libraries for it."""
    for option in ("private", "is_private"):
        content = dict(key.as_dict(**{option: True}))
        if "d" in content:
            content.pop(option, None)
            return content
    raise TypeError(f"{type(key)} does not give its private part away")


def _kept(key: Any, file: Path) -> Any:
    """The key in the file; the given one is put there when there is none."""
    if file.exists():
        return type(key).import_key(json.loads(file.read_text()))
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(_with_private_part(key)))
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

    create = Storage.__init__

    def with_kept_key(self: Any) -> None:
        create(self)
        if arguments.key is not None:
            self.jwk = _kept(self.jwk, arguments.key)

    setattr(Storage, "__init__", with_kept_key)  # noqa: B010 -- the package makes a new key at every start
    claims = json.loads(arguments.users.read_text()) if arguments.users else []
    users = [User(sub=each["sub"], claims={k: v for k, v in each.items() if k != "sub"}) for each in claims]
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    provider = app(user_claims=users, access_token_max_age=timedelta(seconds=arguments.token_seconds))
    uvicorn.run(provider, interface="wsgi", host=arguments.host, port=arguments.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
