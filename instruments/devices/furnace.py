"""The furnace driver for controllers whose programs can be written (Eurotherm)."""

from instruments.devices import arming
from instruments.devices.bus import RegisterBus
from instruments.devices.compiling import Coding, Write, compile_program, decode_program, device_segment
from instruments.devices.errors import NotAllowed, ProgramChanged, ReadBackMismatch
from instruments.devices.profile import Profile
from instruments.devices.program import DeviceProgram
from instruments.devices.register_device import RegisterDevice
from instruments.devices.values import (
    Attachment,
    Confirmation,
    DeviceSettings,
    FurnaceState,
    LoadedProgram,
    RunStatus,
)
from nasicon_loop.core import Clock


class RegisterFurnace(RegisterDevice):
    """A controller whose programs are registers, described by a profile."""

    def __init__(
        self, bus: RegisterBus, profile: Profile, settings: DeviceSettings, clock: Clock | None = None
    ) -> None:
        if not 1 <= settings.program_number <= profile.program.count:
            raise NotAllowed(f"has programs 1 to {profile.program.count}", settings.label)
        super().__init__(bus, profile, settings, clock)

    @property
    def abilities(self) -> frozenset[str]:
        """Everything; "setpoint" where the unit has one that may be written often."""
        abilities = {"state", "load", "run", "hold", "reset"}
        return frozenset(abilities | ({"setpoint"} if self._profile.volatile_setpoint is not None else set()))

    def load(self, program: DeviceProgram) -> LoadedProgram:
        """Write the program, read every register back as integer and, where it is a quantity, as float."""
        self.identify()
        arming.check_facts(self._profile, self._settings)
        self._check_ceilings(program)
        arming.check_idle(self.state(), self._settings)
        writes = compile_program(self._coding(), program)
        self._write_all(writes)
        self._registers.write_checked(self._profile.program.number, self._settings.program_number)
        held = self.read_program()
        return LoadedProgram(self.name, self._settings.program_number, held)

    def read_program(self) -> DeviceProgram:
        """Return the program the furnace holds under its number."""
        return decode_program(self._coding(), self._registers.read)

    def run(self, confirmation: Confirmation) -> FurnaceState:
        """Start the confirmed program; every check is made on what the furnace answers now."""
        self.identify()
        arming.check_facts(self._profile, self._settings)
        program = self.read_program()
        self._check_real(compile_program(self._coding(), program))
        arming.check_armed(confirmation, program, self._settings)
        self._check_ceilings(program)
        self._registers.check(self._profile.program.number, self._settings.program_number)
        before = self.state()
        arming.check_ready(before, self._settings)
        if before.status is RunStatus.COMPLETE:
            self._command("reset")
        state = self._command("run")
        if state.status not in {RunStatus.RUN, RunStatus.HOLDBACK}:
            raise ReadBackMismatch(
                f"did not start: its status is {state.status.value} ({state.status_code})", self.name
            )
        return state

    def set_volatile_setpoint(self, temperature_c: float) -> None:
        """Write the setpoint that lives in RAM; the stored ones (24, 25) wear out and are never written."""
        register = self._profile.volatile_setpoint
        if register is None:
            raise NotAllowed("has no setpoint that may be written often", self.name)
        self.identify()
        # The way down that a program must have is the caller's duty here: the remote setpoint has no clock.
        self._check_ceilings(DeviceProgram.of([(1.0, temperature_c, 0.0), (1.0, 0.0, 0.0)]))
        self._registers.write_checked(register, round(temperature_c * 10 ** self._decimals()))

    def reattach(self, program_hash: str) -> Attachment:
        """Find a firing again: same model, same program number, same segments, also in the running copy."""
        identity = self.identify()
        try:
            program = self.read_program()
        except NotAllowed as refusal:
            raise ProgramChanged(f"the program was changed meanwhile: {refusal.reason}", self.name) from refusal
        if program.program_hash != program_hash:
            raise ProgramChanged("the program was changed meanwhile: look at the furnace before going on", self.name)
        state = self.state()
        if state.program_number != self._settings.program_number:
            raise ProgramChanged(f"program {state.program_number} is chosen, not the one that was started", self.name)
        self._check_running_copy(program, state)
        return Attachment(identity, program, state)

    def _coding(self) -> Coding:
        layout = self._profile.program
        n_segments = layout.segments if layout.max_segments is None else self._registers.word(layout.max_segments)
        if not 1 <= n_segments <= layout.stride // max(layout.segment_stride, 1) and layout.layout == "blocks":
            raise NotAllowed(f"tells that programs have {n_segments} segments: is it a programmer?", self.name)
        return Coding(layout, self._settings.program_number, self._decimals(), n_segments)

    def _check_ceilings(self, program: DeviceProgram) -> None:
        arming.check_program(program, self._profile, self._settings, self._unit_limit_c())

    def _write_all(self, writes: tuple[Write, ...]) -> None:
        final = {write.register: write.value for write in writes}
        if any(self._registers.word(register) != value for register, value in final.items()):
            for write in writes:
                self._registers.write_checked(write.register, write.value)
        for register, value in final.items():
            self._registers.check(register, value)
        self._check_real(writes)

    def _check_real(self, writes: tuple[Write, ...]) -> None:
        for write in writes:
            real = None if write.real is None else self._registers.real(write.register)
            if (
                real is not None
                and write.real is not None
                and not abs(real - write.real) <= 0.01 * max(write.real, 1.0)
            ):
                raise ReadBackMismatch(
                    f"register {write.register} means {real:g} to the controller, {write.real:g} was meant: its scale"
                    " is another; nothing is started",
                    self.name,
                )

    def _check_running_copy(self, program: DeviceProgram, state: FurnaceState) -> None:
        register = self._profile.read.get("segment_target")
        if register is None or not state.status.is_active or state.segment is None:
            return
        meant = device_segment(self._coding(), program, state.segment)
        target = self._registers.number(register) / 10 ** self._decimals()
        if meant is not None and abs(meant - target) > 1.0:
            raise ProgramChanged(
                f"segment {state.segment} goes to {target:g} °C, the program says {meant:g} °C: it was edited while"
                " running",
                self.name,
            )
