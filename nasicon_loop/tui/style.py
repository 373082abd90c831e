"""The style sheet: no decoration that costs lines at 80x24."""

CSS = """
LabScreen { layout: vertical; background: $background; }
Line { height: 1; padding: 0; }
Tabs { height: 1; background: $panel; }
#headline { background: $surface; text-style: bold; }
#status { background: $surface; color: $text-muted; }
#status.error { color: $error; text-style: bold; }
KeyBar { height: auto; max-height: 3; background: $panel; }
#body { height: 1fr; }
TextTable { height: 1fr; background: $background; scrollbar-size-horizontal: 0; scrollbar-size-vertical: 1; }
TextTable > .datatable--header { background: $surface; color: $text-muted; text-style: none; }
.detail { height: auto; max-height: 9; border-top: solid $secondary; padding: 0 1; overflow-y: auto;
          scrollbar-size-vertical: 1; }
.tall-detail { height: 50%; max-height: 60%; }
.detail:focus { border-top: solid $primary; }
.detail Static, .narrow Static { height: auto; }
.narrow { width: 32; height: 1fr; padding: 0 1; overflow-y: auto; scrollbar-size-vertical: 1; }
.-wide .narrow { width: 48; }
NyquistPlot { width: 1fr; height: 1fr; border: round $secondary; }
#plots { width: 1fr; height: 1fr; }
PanelPlot { width: 1fr; height: 1fr; border: round $secondary; }
NyquistPlot:focus { border: round $primary; }
#pictures, #tables, #quality { height: 1fr; }
#map { height: 1fr; padding: 0 1; }
ParityPlot { width: 3fr; height: 1fr; border: round $secondary; }
CalibrationPlot { width: 2fr; height: 1fr; border: round $secondary; }
BalancePage { layout: vertical; background: $background; }
#balance { height: 1fr; padding: 0 1; overflow: hidden hidden; }
#balance Static { height: auto; }
#balance #mass { height: 7; padding: 1 0; }
#balance #scale { height: 4; }
#balance #next { margin-top: 1; }
#balance #done { max-height: 12; }
.-wide #balance #mass { height: 13; margin-bottom: 1; }
.-wide #balance #minds, .-wide #balance #done, .-wide #balance #said { margin-top: 1; }
Tree { height: 1fr; background: $background; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
.sheet { height: 1fr; scrollbar-size-vertical: 0; }
.sheet Static { width: 80; height: auto; }
.furnace { height: 100%; }
.-wide .furnace { width: 120; height: 80%; }
.furnace #furnace-words { height: auto; max-height: 12; }
#strip { height: 1fr; }
Form, Ask, Help, Page, FurnacePage { align: center middle; background: $background 60%; }
.dialog { width: 76; max-width: 100%; height: auto; max-height: 100%; border: round $primary; background: $surface;
          padding: 0 1; }
.dialog-title { text-style: bold; width: 100%; height: auto; }
.dialog-fields { height: auto; max-height: 15; }
.dialog-row { height: 1; }
.dialog-row Input { width: 1fr; background: $panel; }
.dialog-row Input:focus { background: $primary 30%; }
.dialog-note { color: $text-muted; height: auto; }
.dialog-error { color: $error; height: auto; max-height: 4; }
.dialog-keys { color: $text-muted; height: 1; }
Help .dialog-fields { max-height: 19; }
.dialog-page { height: auto; max-height: 19; scrollbar-size-vertical: 1; }
.-wide .dialog-page { max-height: 40; }
ToastRack { margin-bottom: 3; }
Toast { max-width: 76; }
"""
