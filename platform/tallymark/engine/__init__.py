"""Computing values: plan, fuse, run, assemble."""
