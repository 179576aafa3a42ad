"""Numbers as people type them."""


def read_number(typed: str) -> float | int | str:
    """Return the number in a German spelling (`1.200,50`) or a plain one; what is none stays text for the check."""
    plain = typed.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if "," in plain or plain.count(".") > 1 or (plain.count(".") == 1 and len(plain.rpartition(".")[2]) == 3):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = float(plain) if plain else None
    except ValueError:
        return typed
    if number is None or not plain.lstrip("+-").replace(".", "").isdecimal():
        return typed
    return int(number) if number.is_integer() else number
