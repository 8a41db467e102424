"""What is measured: one module a table, each with `measure`, which prints and keeps its lines."""
