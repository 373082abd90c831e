"""The lab.toml of a new lab: every key with its unit, the default written out or, where there is none, commented."""

TEMPLATE = """\
# Settings of this lab. A flag on the command line goes before an environment variable (NASICON_SECTION_KEY, for
# example NASICON_MEASUREMENT_TEMPERATURE_C=24.5), that before this file, this file before the built-in default.
# Unknown keys are refused. Lengths in cm, masses in g, temperatures in °C, energies in eV; ..._sd is one standard
# deviation.

[lab]
name = @NAME@
label_prefix = @PREFIX@            # samples are called PREFIX-0001; do not change it once there are samples
operator = ""                  # signs what is done without --by; empty: the name of the computer's user

[database]
url = @URL@                       # empty: lab.db in this folder. Or postgresql+pg8000://user@host/database

[measurement]
# temperature_c = 24.0         # of the room, for files that carry none and have none in their name;
                               # without any temperature the conductivity is given with at least 15 % sd
temperature_sd_c = 1.0         # how far a temperature from a file name, a command or this file may be off
activation_energy_ev = 0.32    # takes the conductivity to 25 °C
activation_energy_ev_sd = 0.05
# thickness_sd_cm = 0.001      # of the calliper, for pellets entered without it
# electrode_diameter_sd_cm = 0.01
caliper_resolution_cm = 0.001  # its last digit; part of the sd of lengths that were read several times

[fit]
# Limits of the quality gates, by the names of `nasicon_loop.eis.Settings` (docs/impedance.md tells them).

[watch]
settle_seconds = 3.0           # a file is read when size and time of change stood still this long
patience_seconds = 30.0        # a file that looks unfinished (last line open, cannot be read) gets this long
poll_seconds = 5.0             # the inbox is looked through this often, whatever the system reports
ignore = [".*", "~$*", "*.tmp", "*.part", "*.partial", "*.crdownload", "thumbs.db", "desktop.ini"]
max_depth = 4                  # folders inside the inbox
use_events = true              # let file events wake the watch earlier; they are a hint only
analyse = true                 # false: only keep the spectra; the next watch with true analyses them

[training]
retrain_after_n_results = 1    # new usable results until the network is trained again; 0: only by command
seed = 0
threads = 0                    # 0: as many as there are processors

[recipe]
protocol = "paper"             # or the name of a file in protocols/
excess_percent = 15.0
excess_basis = "precursor"     # precursor: of the Na3PO4 itself; element: of the sodium; batch: of the whole batch
pellet_mass_g = 0.6
green_density = 0.6            # of the theoretical density, before sintering: for pellets planned by their thickness
die_diameter_cm = 1.6
# die_limit_mpa = 500.0        # what the die bears
furnace_ceiling_c = 1600.0     # no program goes above
allow_toxic = false            # As, Cd, Cr and the like among the suggestions

[campaign]
acquisition = "ei"             # ei, nei, ucb, thompson or novelty: how candidates are valued (docs/campaign.md)
batch_size = 4                 # suggestions that are asked for without -n
one_load = true                # all of a batch share one furnace program
stale_after_days = 14          # what is begun and did not move for so long is stale; 0: never

[policy]                       # what happens without a person: ask or automatic (docs/campaign.md)
propose = "ask"                # suggest after an automatic training, and accept while the campaign is healthy
recipe = "ask"                 # begin and plan the sample of an accepted suggestion
arm_furnace = "ask"            # start a loaded program; automatic only with the next line
arm_furnace_confirmed = ""     # the furnace's name: that it may heat with nobody there
accept_fit = "automatic"       # an analysis that passed every gate teaches; ask: a person signs each

[balance]
resolution_g = 0.0001          # its last digit: masses on the sheet are rounded to it
driver = ""                    # "mt_sics" for Mettler-Toledo; empty: masses are typed (docs/bench.md)
port = ""                      # /dev/ttyUSB0 or COM3; `nasicon bench devices` lists them
baud = 9600

[furnace]
offset_c = 0.0                 # actual minus shown temperature, by calibration; firings are kept with the actual one
# calibrated_on = 2026-10-01   # the day of that calibration; needed with an offset
recalibrate_after_days = 365   # an older calibration is warned about
driver = ""                    # eurotherm_2400, eurotherm_3200, eurotherm_epc3016, nabertherm_400, card; empty: by hand
port = ""                      # /dev/ttyUSB1, COM4, or a host
baud = 9600
unit = 1                       # Modbus address
name = ""                      # its label: part of every confirmation
# ceiling_c = 1300.0           # nothing hotter is ever loaded; without it nothing is loaded at all
# identity_code = 0x2480       # read off this unit, where the driver asks for it
program_number = 1             # which program of the controller is written
# stored_programs = { 3 = [[3, 1100, 720], [-3, 25, 0]] }   # Nabertherm: [[°C/min, °C, min], ...] by number
confirmed = []                 # facts that somebody checked on the unit (docs/devices.md)
log_every_s = 10.0
held_within_c = 5.0            # counts as held: this close to the top
deviation_c = 30.0             # alarm when the furnace is this far from its setpoint (not while it cools) ...
deviation_readings = 6         # ... this many readings in a row
over_temperature_c = 20.0      # alarm this far above the program's top
stale_after_s = 120.0          # alarm when nothing was read for so long
on_deviation = "hold"          # tell, hold (the program's clock stops) or reset (the heater goes off)
on_over_temperature = "reset"
on_sensor_break = "hold"
simulated_speed = 1.0          # for simulated furnaces only

[dummy]
# r_ohm = 1000.0               # sum of the resistors in the dummy cell; then a daily reading is asked for
limit_percent = 1.0            # a reading that is off by more is warned about at every import
max_age_hours = 24.0           # and so is an older one
"""
