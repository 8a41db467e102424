"""Kept values: figures of periods whose rows haven't changed since they were computed."""
