"""The packs that come with Penchant, a folder each; found by entry point, as a stranger's are."""
