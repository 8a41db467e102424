"""Tenants to measure on: made from a seed, the same on every machine, in the lake's own files."""
