"""Settings of the checkup service."""

import shutil
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from servicekit.addresses import allowed_origins
from servicekit.settings import ServiceSettings

CHARACTERS_PER_TOKEN = 3
NOT_FOR_TEXTS = 13_000  # characters of findings, questions and prompt
OPENLY = "CHECKUP_LLM_URL is plain http: texts and key need https unless the model is on this machine"


class CheckupSettings(ServiceSettings):
    """Shared settings and the bounds of runs; sizes in bytes, times in seconds."""

    service_name = "checkup"

    checkup_rubric_version: str = "2026.3"
    checkup_concurrency: int = Field(default=1, ge=1, le=64)
    """Runs that one worker process carries out at the same time."""
    checkup_work_dir: Path = Path(tempfile.gettempdir()) / "marktplatz-checkup"
    checkup_fetch_seconds: float = Field(default=120, gt=0)
    checkup_fetch_bytes: int = Field(default=500_000_000, ge=1_000_000)
    checkup_fetch_attempts: int = Field(default=6, ge=1)
    """Attempts at a repository that cannot be reached; with the queue's pauses six take about a quarter of a minute."""
    checkup_analysis_seconds: float = Field(default=300, gt=0)
    checkup_analysis_memory_bytes: int = Field(default=1_500_000_000, ge=200_000_000)
    checkup_forge_seconds: float = Field(default=30, ge=0)
    """The longest time for questions to a forge about a repository's issues; 0 asks none."""
    checkup_forge_tokens: SecretStr = SecretStr("")
    """`github.com=TOKEN,gitlab.example.org=TOKEN`: read-only tokens, each sent to its host only; works without."""
    checkup_require_isolation: bool = False
    """Rather no analysis than one whose child has a network: where the kernel allows no namespaces, workers refuse."""
    checkup_reuse_days: float = Field(default=30, ge=0)
    """How old a measurement of the same commit and tags may be to be taken over instead of a clone; 0 never does."""
    checkup_keep_analyses: int = Field(default=20, ge=0)
    """Of how many of its newest scored runs a solution's measurements are kept to be scored again; 0 keeps all."""
    checkup_schedule_days: float = Field(default=30, ge=0)
    """How often published solutions are measured although nobody asks; 0 is never."""
    checkup_release_hours: float = Field(default=24, ge=0)
    """How often the tags of published solutions are looked at for a new release; 0 is never."""
    checkup_trigger_seconds: float = Field(default=600, gt=0)
    """How often a worker looks for what is due."""
    checkup_request_interval_seconds: int = Field(default=600, ge=0)
    """The shortest time between two runs that people ask for, per solution."""
    checkup_comparison_seconds: float = Field(default=60, ge=0)
    """For how long the medians of a field of action are kept in memory."""
    checkup_questionnaire_version: str = "2026.1"
    checkup_checklist_version: str = "2026.2"
    checkup_source_rules_version: str = "2026.1"
    checkup_answer_days: int = Field(default=30, ge=0, le=365)
    """How long a provider has to answer a contradiction before everybody sees it."""
    checkup_allow_local: str = ""
    """Development only: `127.0.0.1:PORT,…`, from which repositories and demos may be fetched over plain http."""

    checkup_chromium: Path | None = None
    """The browser that tests demos; default: a Chromium on the PATH. Without one the metric U1 is not available."""
    checkup_chromium_sandbox: Literal["required", "optional"] = "required"
    """Whether the browser may run where the kernel gives it neither a network namespace nor its own sandbox."""
    checkup_demo_seconds: float = Field(default=60, ge=5)
    checkup_demo_pages: int = Field(default=5, ge=1, le=20)
    checkup_demo_memory_bytes: int = Field(default=1_000_000_000, ge=300_000_000)
    """Private memory of all processes of the browser together."""
    checkup_demo_network_bytes: int = Field(default=50_000_000, ge=1_000_000)

    checkup_llm_url: str = ""
    """Base address of an OpenAI-compatible API such as `https://llm.example.org/v1`; empty: no assessment."""
    checkup_llm_model: str = ""
    checkup_llm_key: SecretStr | None = None
    checkup_llm_timeout_seconds: float = Field(default=120, gt=0, le=1800)
    checkup_llm_max_tokens: int = Field(default=3000, ge=500)
    """Of the answer."""
    checkup_llm_input_tokens: int = Field(default=12_000, ge=5_000)
    """Of everything that is sent, counted as three characters each; fits a context of 16,000 with the answer."""

    @property
    def text_characters(self) -> int:
        """What remains for texts of the repository beside the findings and the prompt."""
        return self.checkup_llm_input_tokens * CHARACTERS_PER_TOKEN - NOT_FOR_TEXTS

    @field_validator("checkup_llm_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.hostname
        if value and (not whole or parts.username or parts.password or parts.query or parts.fragment):
            raise ValueError("CHECKUP_LLM_URL must be an http or https address without credentials, ? and #")
        return value

    @model_validator(mode="after")
    def _whole_model(self) -> Self:
        if self.checkup_llm_url and not self.checkup_llm_model:
            raise ValueError("CHECKUP_LLM_URL is set, CHECKUP_LLM_MODEL is not")
        if self.env != "development" and self._speaks_openly():
            raise ValueError(OPENLY)
        return self

    def _speaks_openly(self) -> bool:
        """Whether texts and key would cross a network unencrypted."""
        parts = urlsplit(self.checkup_llm_url)
        return parts.scheme == "http" and not _is_loopback(parts.hostname or "")

    @field_validator("checkup_allow_local")
    @classmethod
    def _on_loopback(cls, value: str) -> str:
        allowed_origins(value)
        return value

    @field_validator("checkup_forge_tokens")
    @classmethod
    def _host_and_token(cls, value: SecretStr) -> SecretStr:
        for part in filter(None, value.get_secret_value().split(",")):
            host, _, token = part.partition("=")
            if not host.strip() or not token.strip():
                raise ValueError("CHECKUP_FORGE_TOKENS is a list of host=token")
        return value

    def forge_tokens(self) -> dict[str, str]:
        """Return the tokens by host."""
        parts = filter(None, self.checkup_forge_tokens.get_secret_value().split(","))
        pairs = (part.partition("=") for part in parts)
        return {host.strip().lower(): token.strip() for host, _, token in pairs}

    @property
    def chromium(self) -> Path | None:
        """The browser that was set, else one of the machine, else None."""
        found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
        return self.checkup_chromium or (Path(found) if found else None)

    def production_faults(self) -> list[str]:
        """Return what must not run in production, a sentence each."""
        faults = super().production_faults()
        if self.checkup_allow_local:
            faults.append("CHECKUP_ALLOW_LOCAL is set: repositories and demos on loopback are for development only")
        if self._speaks_openly():
            faults.append(OPENLY)
        return faults


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
