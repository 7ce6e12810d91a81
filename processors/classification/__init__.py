"""What the rules find in a transcript: findings, contact reasons and sentiment."""

from processors.classification.classify import classify
from processors.classification.ruleset import RuleSet, RuleSetError, load_ruleset, shipped_ruleset

__all__ = ["RuleSet", "RuleSetError", "classify", "load_ruleset", "shipped_ruleset"]
