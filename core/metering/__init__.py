"""Meters and readings: consumption, checks, files of readings, what a synchronisation would change."""
