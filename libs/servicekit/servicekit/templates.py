"""Templates that stay what they were when the process started, also when a newer version is unpacked over them."""

from collections.abc import Callable

from jinja2 import BaseLoader, Environment, TemplateNotFound


class KeptTemplates(BaseLoader):
    """All templates of another loader, read at once; faults in them still name their files."""

    def __init__(self, loader: BaseLoader) -> None:
        reader = Environment(autoescape=True)
        self._sources = {name: loader.get_source(reader, name)[:2] for name in loader.list_templates()}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool]]:
        """Return the text as it was read, and the file it came from."""
        if template not in self._sources:
            raise TemplateNotFound(template)
        return *self._sources[template], lambda: True

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        return sorted(self._sources)
