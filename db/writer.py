"""Everything that can be written to a lab's database."""

from db.commands.bench import BenchWriter
from db.commands.concluding import ConcludingWriter
from db.commands.furnace import FurnaceWriter
from db.commands.learning import LearningWriter
from db.commands.making import MakingWriter
from db.commands.measuring import MeasuringWriter
from db.commands.quality import QualityWriter


class Writer(
    MakingWriter, BenchWriter, FurnaceWriter, MeasuringWriter, QualityWriter, ConcludingWriter, LearningWriter
):
    """The facts and decisions. Given by `Database.write(who=...)`; it also answers every question of a Reader.

    All that one `write` does is kept or none of it. Other writers wait meanwhile: no computing, no files, no devices
    inside. Each method writes the fact, its journal line and the states that follow from it, and raises Refusal when
    the fact cannot be (an unknown id, a number that is not finite, a rule of the house).
    """
