"""Nabertherm series 400: a program stored at the controller is chosen and started; segments cannot be written."""

from instruments.devices import arming
from instruments.devices.errors import NotAllowed, ProgramChanged, ReadBackMismatch
from instruments.devices.program import DeviceProgram
from instruments.devices.register_device import RegisterDevice
from instruments.devices.values import (
    Attachment,
    Confirmation,
    FurnaceState,
    LoadedProgram,
    RunStatus,
)


class StoredProgramFurnace(RegisterDevice):
    """A controller that runs only what was typed in at its panel.

    Which program lies under which number is what the laboratory says (`DeviceSettings.stored_programs`, confirmed by a
    person): the controller does not tell its segments, so nothing here can check them.
    """

    @property
    def abilities(self) -> frozenset[str]:
        """Programs can be chosen, not written."""
        return frozenset({"state", "choose", "run", "hold", "reset"})

    def load(self, program: DeviceProgram) -> LoadedProgram:
        """Choose the stored program that equals `program`; `NotAllowed` when none was confirmed."""
        self.identify()
        self._check_ceilings(program)
        arming.check_idle(self.state(), self._settings)
        number = self._number_of(program)
        self._registers.write_checked(self._profile.program.number, number)
        return LoadedProgram(self.name, number, self.read_program())

    def read_program(self) -> DeviceProgram:
        """Return what the laboratory says is stored under the number that is chosen."""
        number = self._registers.word(self._profile.program.number)
        if number not in self._settings.stored_programs:
            raise NotAllowed(f"program {number} is chosen, and nobody has confirmed what it holds", self.name)
        return self._settings.stored_programs[number]

    def run(self, confirmation: Confirmation) -> FurnaceState:
        """Start the confirmed stored program."""
        self.identify()
        program = self.read_program()
        arming.check_armed(confirmation, program, self._settings)
        self._check_ceilings(program)
        arming.check_ready(self.state(), self._settings)
        state = self._command("run")
        if state.status not in {RunStatus.RUN, RunStatus.WAIT}:
            raise ReadBackMismatch(
                f"did not start: its status is {state.status.value} ({state.status_code})", self.name
            )
        number = self._registers.word(self._profile.program.number)
        if state.program_number != number:
            self._command("reset")
            raise ReadBackMismatch(f"started program {state.program_number}, not {number}: it was stopped", self.name)
        return state

    def reattach(self, program_hash: str) -> Attachment:
        """Find a firing again by the number that runs; an edit at the panel cannot be seen from here."""
        identity, state = self.identify(), self.state()
        program = self._settings.stored_programs.get(state.program_number or 0)
        if program is None or program.program_hash != program_hash:
            raise ProgramChanged(f"program {state.program_number} is not the one that was started", self.name)
        return Attachment(identity, program, state)

    def _number_of(self, program: DeviceProgram) -> int:
        for number, stored in sorted(self._settings.stored_programs.items()):
            if stored.program_hash == program.program_hash and 1 <= number <= self._profile.program.count:
                return number
        raise NotAllowed(
            "no stored program with these segments is confirmed: type it in at the controller (see its card), then"
            " enter its number",
            self.name,
        )

    def _check_ceilings(self, program: DeviceProgram) -> None:
        arming.check_program(program, self._profile, self._settings, self._unit_limit_c())
