"""The light kit for metric authors: canonical model, metric kinds, checks and the reference evaluator."""
