"""Development defaults must not reach production."""

import pytest
from pydantic import ValidationError
from servicekit.settings import ServiceSettings


class CatalogSettings(ServiceSettings):
    service_name = "catalog"


def test_the_database_is_named_after_the_service() -> None:
    assert CatalogSettings().mongodb_database == "catalog"


def test_production_refuses_development_defaults_and_names_each() -> None:
    with pytest.raises(ValidationError) as caught:
        CatalogSettings(env="production")
    text = str(caught.value)
    assert "refusing to start with ENV=production" in text
    for fault in ("NATS_PASSWORD is not set", "OIDC_ISSUER", "PUBLIC_URL", "MONGODB_URL"):
        assert fault in text


def test_production_starts_with_real_settings() -> None:
    settings = CatalogSettings(
        env="production",
        nats_password="s3cret",
        oidc_issuer="https://login.example.org/",
        public_url="https://marktplatz.example.org/",
        mongodb_url="mongodb://mongo.internal:27017",
    )
    assert settings.oidc_issuer == "https://login.example.org"
    assert settings.public_url == "https://marktplatz.example.org"
