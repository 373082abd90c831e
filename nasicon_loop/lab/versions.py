"""Which programs made the numbers."""

PACKAGES = ("numpy", "scipy", "torch", "impedance", "pymatgen", "scikit-learn", "pandas", "matplotlib")
"""Those whose version may change a number; told without loading them."""


def package_versions() -> tuple[tuple[str, str], ...]:
    """Return the programs with their versions, ours first; what is not installed is left out."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = [("nasicon_loop", version("nasicon_loop")), ("Python", platform.python_version())]
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)
