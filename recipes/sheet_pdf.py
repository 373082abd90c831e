"""placeholder"""


def sheet_pdf() -> None: ...
