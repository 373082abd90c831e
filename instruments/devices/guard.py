"""The only way to the registers of a furnace: identified before any write, allow-listed, counted, read back."""

from collections.abc import Mapping
from threading import RLock
from types import MappingProxyType

from instruments.devices.bus import RegisterBus, as_float, signed
from instruments.devices.errors import NotAllowed, NotAnswering, PortGone, ReadBackMismatch, UnreadableReply, WrongModel
from instruments.devices.profile import NEVER, Profile
from instruments.devices.values import DeviceSettings, FurnaceIdentity


class GuardedRegisters:
    """Registers of one identified unit. One request at a time, from whatever thread."""

    def __init__(self, bus: RegisterBus, profile: Profile, settings: DeviceSettings) -> None:
        self.profile = profile
        self.settings = settings
        self._bus = bus
        self._lock = RLock()
        self._is_identified = False
        self._writes = dict(settings.writes_so_far)

    def identify(self) -> FurnaceIdentity:
        """Read who answers; `WrongModel` unless it is of this family, or the unit the laboratory has entered."""
        self._is_identified = False
        rule = self.profile.identity
        code = self.word(rule.code)
        version = "" if rule.version is None else self._version(self.word(rule.version))
        serial_number = "" if rule.serial_number is None else self._text(rule.serial_number, 10)
        self._check_identity(code)
        self._is_identified = True
        return FurnaceIdentity(rule.codes.get(code, self.profile.name), version, code, serial_number)

    def _check_identity(self, code: int) -> None:
        rule, entered = self.profile.identity, self.settings.identity_code
        if rule.is_foreign(code) or (rule.documented and not rule.accepts(code)):
            raise WrongModel(
                f"identifies itself as 0x{code:04X}, which is no {self.profile.name}: nothing was written; choose the"
                " driver of this model",
                self.settings.label,
            )
        if entered is not None and code != entered:
            raise WrongModel(
                f"identifies itself as 0x{code:04X}, not as 0x{entered:04X} as entered for this furnace: nothing was"
                " written",
                self.settings.label,
            )
        if not rule.documented and entered is None:
            raise WrongModel(
                f"answers identity code 0x{code:04X}, and no source tells which code a {self.profile.name} has: check"
                f" the label on the unit, then enter identity_code = 0x{code:04X} for it",
                self.settings.label,
            )

    def read(self, register: int, n_registers: int = 1) -> tuple[int, ...]:
        """Read registers as unsigned numbers."""
        with self._lock:
            return self._bus.read(register, n_registers)

    def word(self, register: int) -> int:
        """Read one register as an unsigned number."""
        return self.read(register)[0]

    def number(self, register: int) -> int:
        """Read one register as a signed number."""
        return signed(self.word(register))

    def real(self, register: int) -> float | None:
        """Read the same parameter from the IEEE region, unscaled; None where the profile has no such region."""
        if self.profile.ieee_base is None:
            return None
        return as_float(self.read(self.profile.ieee_base + 2 * register, 2))

    def write(self, register: int, value: int) -> None:
        """Write one register by function 6 if it is allowed, on a unit that has been identified."""
        self._check_write(register, value)
        with self._lock:
            if not self._is_identified:
                self.identify()
            if self.profile.wears(register):
                self._writes[register] = self._writes.get(register, 0) + 1
            self._bus.write(register, value)

    def write_checked(self, register: int, value: int) -> None:
        """Write unless the value is there already (that saves the memory), then read back."""
        self._check_write(register, value)
        if self.word(register) == value:
            return
        try:
            self.write(register, value)
        except PortGone:
            raise
        except (NotAnswering, UnreadableReply):
            if self.word(register) != value:  # the reply was lost, perhaps not the write
                raise
        self.check(register, value)

    def check(self, register: int, value: int) -> None:
        """Raise `ReadBackMismatch` unless `register` holds `value`."""
        got = self.word(register)
        if got != value:
            raise ReadBackMismatch(
                f"register {register} holds {got} after {value} was written: nothing is started; look at the"
                " controller's limits and access level",
                self.settings.label,
            )

    def writes(self) -> Mapping[int, int]:
        """Return register -> writes to memory that wears."""
        return MappingProxyType(dict(self._writes))

    def close(self) -> None:
        """Close the port."""
        with self._lock:
            self._is_identified = False
            self._bus.close()

    def _check_write(self, register: int, value: int) -> None:
        where = self.settings.label
        if register in NEVER or not self.profile.allows(register):
            raise NotAllowed(f"register {register} is not on the write list of {self.profile.name}", where)
        if not 0 <= value <= 0xFFFF:
            raise NotAllowed(f"{value} does not fit into register {register}", where)
        limit = self.profile.wear_limit
        if self.profile.wears(register) and self._writes.get(register, 0) >= limit:
            raise NotAllowed(f"register {register} has had its {limit} writes: its memory is worn out", where)

    @staticmethod
    def _version(word: int) -> str:
        return f"{word >> 8:X}.{word & 0xFF:02X}"

    def _text(self, register: int, n_registers: int) -> str:
        words = self.read(register, n_registers)
        data = b"".join(word.to_bytes(2, "big") for word in words)
        return "".join(chr(byte) for byte in data if 32 < byte < 127)
