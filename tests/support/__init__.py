"""What tests, benchmarks and crash tests build towns with: one builder each for sharing, billing and the ledger."""
