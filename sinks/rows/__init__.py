"""Records of the contract to rows of ClickHouse: pure mappings, one module a subject."""
