"""Builders of test towns for tests, benchmarks and crash tests: one each for sharing, billing and the ledger."""
