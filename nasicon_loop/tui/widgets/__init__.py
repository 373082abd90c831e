"""Widgets of our own: bars, forms, tables that never read markup, and the Nyquist plot."""
