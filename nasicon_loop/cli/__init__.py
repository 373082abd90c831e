"""The command line: a face without science, SQL or files of its own; it calls `lab`."""


def main() -> None:
    """Run the command line."""
    from nasicon_loop.cli.app import app

    app(prog_name="nasicon")
