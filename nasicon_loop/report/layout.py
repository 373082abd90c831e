"""Where elements stand in the 18-column periodic table: column 1 to 18, row 1 to 7, the f block below."""

_ROWS = (
    "H . . . . . . . . . . . . . . . . He",
    "Li Be . . . . . . . . . . B C N O F Ne",
    "Na Mg . . . . . . . . . . Al Si P S Cl Ar",
    "K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr",
    "Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe",
    "Cs Ba . Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn",
)
_LANTHANIDES = "La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu"
_LANTHANIDE_ROW = 7.4
_LANTHANIDE_FIRST_COLUMN = 3


def _places() -> dict[str, tuple[int, float]]:
    places: dict[str, tuple[int, float]] = {}
    for row, text in enumerate(_ROWS, start=1):
        for column, symbol in enumerate(text.split(), start=1):
            if symbol != ".":
                places[symbol] = (column, float(row))
    for column, symbol in enumerate(_LANTHANIDES.split(), start=_LANTHANIDE_FIRST_COLUMN):
        places[symbol] = (column, _LANTHANIDE_ROW)
    return places


PLACES: dict[str, tuple[int, float]] = _places()
