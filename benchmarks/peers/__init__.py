"""The peers as somebody who knows them would set them up; benchmarks/README.md says what was chosen."""
