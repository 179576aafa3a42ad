"""What is wrong with a form, field by field, in the reader's language."""

from dataclasses import dataclass, field


@dataclass
class Faults:
    """Messages by field name, in the order they were found; `general` belongs to no field."""

    fields: dict[str, str] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)

    def add(self, name: str, message: str) -> None:
        """Note the first fault of a field."""
        self.fields.setdefault(name, message)

    def __bool__(self) -> bool:
        return bool(self.fields or self.general)
